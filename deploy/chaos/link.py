"""A TCP link between clients and a server of this machine, which can be slow, cut, silent, or lose a reply.

Toxiproxy does the first three, but is a server of its own in Go that no package brings, and cannot lose the
reply to one insert; the proxies on PyPI are a release or two old and can do less (docs/adr). Whom a fault
meets is told by the client's port, so that one worker can be cut off from a broker that all others reach.

It knows nothing of what is said over it, but that a reply may have a known ending.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from types import TracebackType
from typing import Any, Final, Self, TypeVar

log = logging.getLogger(__name__)

LOOPBACK: Final = "127.0.0.1"
CHUNK_BYTES: Final = 65_536
CHUNKS_ON_THE_WAY: Final = 64
"""What a slow link holds, in each direction; then it holds its sender back."""
CALL_SECONDS: Final = 10.0
ABORT: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: the other side sees a reset, not an orderly end."""

Result = TypeVar("Result")
Whose = Callable[[int], bool]
"""Whether a fault meets the client that speaks from this port."""


def anyone(port: int) -> bool:
    """Every client."""
    del port
    return True


@dataclass(frozen=True, eq=False)
class Trouble:
    """What is wrong with the link for as long as it is imposed."""

    whose: Whose = anyone
    delay_seconds: float = 0.0
    """Each way, of every piece."""
    is_cut: bool = False
    """Connections are reset, new ones too."""
    is_silent: bool = False
    """Nothing comes through, and nobody is told; all of it does once this is lifted."""


class Loss(Enum):
    """What a trap does to the connection that falls into it; both end in a reset."""

    REPLY = auto()
    """The server has done what was asked, and its reply is lost."""
    HALF_REQUEST = auto()
    """The server gets the first half of what was asked."""


@dataclass(eq=False)
class Trap:
    """Breaks one connection at a chosen point, once."""

    loss: Loss
    whose: Whose = anyone
    request_bytes: int = 1
    """It takes a request of at least so many bytes: an insert is longer than a question."""
    ending: bytes = b""
    """How the reply to be lost ends; empty: the first piece of it."""
    sprung: threading.Event = field(default_factory=threading.Event)


class Link:
    """Forwards every connection to a port; a context manager. Its clients connect to `port`."""

    def __init__(self, target: int) -> None:
        """Listen on a free port of loopback, at once."""
        self._target = target
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._connections: set[_Connection] = set()
        self._troubles: list[Trouble] = []
        self._traps: list[Trap] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name=f"link to {target}", daemon=True)
        self._thread.start()

    def impose(self, trouble: Trouble) -> None:
        """Begin a trouble, for connections that are open and for those to come."""
        self._call(self._impose(trouble))

    def lift(self, trouble: Trouble) -> None:
        """End a trouble; one that was not imposed is left alone."""
        self._call(self._lift(trouble))

    def set_trap(self, trap: Trap) -> None:
        """Lay a trap for the next connection that fits it."""
        self._call(self._set_trap(trap))

    def clear_trap(self, trap: Trap) -> None:
        """Take a trap away; one that has sprung is gone already."""
        self._call(self._clear_trap(trap))

    def close(self) -> None:
        """Reset all connections and stop listening."""
        if self._loop.is_closed():
            return
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(CALL_SECONDS)

    def _serve(self) -> None:
        server = self._loop.run_until_complete(
            asyncio.start_server(self._accept, sock=self._listener, limit=CHUNK_BYTES)
        )
        try:
            self._loop.run_forever()
        finally:
            server.close()
            self._loop.run_until_complete(_cancel_all())
            self._loop.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("peername")[1]
        connection = _Connection(self, port, reader, writer)
        connection.troubles = [trouble for trouble in self._troubles if trouble.whose(port)]
        if connection.is_cut:
            connection.reset()
            return
        self._connections.add(connection)
        try:
            await connection.run(self._target)
        except asyncio.CancelledError:
            connection.reset()  # the link is closed; asyncio would log whoever does not end quietly
        finally:
            self._connections.discard(connection)

    async def _impose(self, trouble: Trouble) -> None:
        self._troubles.append(trouble)
        for connection in self._connections:
            if trouble.whose(connection.port):
                connection.begin(trouble)

    async def _lift(self, trouble: Trouble) -> None:
        if trouble in self._troubles:
            self._troubles.remove(trouble)
            for connection in self._connections:
                connection.end(trouble)

    async def _set_trap(self, trap: Trap) -> None:
        self._traps.append(trap)

    async def _clear_trap(self, trap: Trap) -> None:
        if trap in self._traps:
            self._traps.remove(trap)

    async def _close(self) -> None:
        for connection in [*self._connections]:
            connection.reset()

    def spring(self, loss: Loss, port: int, request_bytes: int, data: bytes) -> bool:
        """Return whether a connection at this point falls into a trap, which then is gone. Link's own."""
        for trap in self._traps:
            fits = trap.loss is loss and request_bytes >= trap.request_bytes and data.endswith(trap.ending)
            if fits and trap.whose(port):
                self._traps.remove(trap)
                trap.sprung.set()
                return True
        return False


async def _cancel_all() -> None:
    """End what still runs in this loop."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class _Connection:
    """One client's connection with its counterpart to the server."""

    def __init__(
        self, link: Link, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.port = port
        self.troubles: list[Trouble] = []
        self._link = link
        self._reader, self._writer = reader, writer
        self._server: asyncio.StreamWriter | None = None
        self._audible = asyncio.Event()
        self._request_bytes = 0
        self._has_reply = False
        """Whether the server has spoken since: what the client says next is another request."""

    @property
    def is_cut(self) -> bool:
        return any(trouble.is_cut for trouble in self.troubles)

    def begin(self, trouble: Trouble) -> None:
        self.troubles.append(trouble)
        self._listen()
        if trouble.is_cut:
            self.reset()

    def end(self, trouble: Trouble) -> None:
        if trouble in self.troubles:
            self.troubles.remove(trouble)
            self._listen()

    def _listen(self) -> None:
        if any(trouble.is_silent for trouble in self.troubles):
            self._audible.clear()
        else:
            self._audible.set()

    def reset(self) -> None:
        """End both sides as a broken network does."""
        for writer in (self._writer, self._server):
            if writer is not None:
                with suppress(OSError):
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
                writer.transport.abort()

    async def run(self, target: int) -> None:
        self._listen()
        try:
            reader, self._server = await asyncio.open_connection(LOOPBACK, target, limit=CHUNK_BYTES)
        except OSError:
            self.reset()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._forward(self._reader, self._server, self._is_half_request))
                both.create_task(self._forward(reader, self._writer, self._is_lost_reply))
        except* OSError as gone:
            log.debug("port %d: one side is gone, so the other goes: %s", self.port, gone.exceptions)
        finally:
            self.reset()

    async def _forward(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        is_lost: Callable[[bytes], bytes | None],
    ) -> None:
        """Pass on what comes, in its order; raise ConnectionResetError when a trap has sprung."""
        way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(CHUNKS_ON_THE_WAY)
        deliver = asyncio.ensure_future(self._deliver(way, writer))
        try:
            while data := await reader.read(CHUNK_BYTES):
                rest = is_lost(data)
                if rest is not None:
                    await self._leave_with(writer, rest)
                    raise ConnectionResetError
                delay = sum(trouble.delay_seconds for trouble in self.troubles)
                await way.put((asyncio.get_running_loop().time() + delay, data))
            await way.join()
            if writer.can_write_eof():
                writer.write_eof()
        finally:
            deliver.cancel()

    async def _leave_with(self, writer: asyncio.StreamWriter, rest: bytes) -> None:
        """Say a last word; orderly, since a reset would take back what the other side has not read yet."""
        if rest:
            writer.write(rest)
            writer.close()
            await writer.wait_closed()

    async def _deliver(self, way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            due, data = await way.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            await self._audible.wait()
            with suppress(OSError):  # the reading side ends both
                writer.write(data)
                await writer.drain()
            way.task_done()

    def _is_half_request(self, data: bytes) -> bytes | None:
        self._request_bytes = len(data) + (0 if self._has_reply else self._request_bytes)
        self._has_reply = False
        is_trapped = self._link.spring(Loss.HALF_REQUEST, self.port, self._request_bytes, b"")
        return data[: len(data) // 2] if is_trapped else None

    def _is_lost_reply(self, data: bytes) -> bytes | None:
        self._has_reply = True
        is_trapped = self._link.spring(Loss.REPLY, self.port, self._request_bytes, data)
        return b"" if is_trapped else None
