"""A TCP link between a client and a server that can lose a reply: what was asked is done, nobody is told."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType

LOOPBACK = "127.0.0.1"
HELLO_BYTES = 65_536


class Link:
    """Forwards every connection to a port; a context manager. A client connects to `port`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.lost = 0
        self._sever = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Link:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def lose_next_reply(self) -> None:
        """Cut the connection when the server has confirmed the next insert, before the client hears of it."""
        self._sever.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                server = socket.create_connection((LOOPBACK, self._target))
            except OSError:
                return
            with server:
                upward = threading.Thread(target=self._forward, args=(client, server), daemon=True)
                upward.start()
                self._backward(server, client)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(HELLO_BYTES):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _backward(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(HELLO_BYTES):
                if self._sever.is_set() and _ends_stream(data):
                    self._sever.clear()
                    self.lost += 1
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(data)


def _ends_stream(data: bytes) -> bool:
    """Whether the server says that it is done: packet 5 of the native protocol, alone or behind others."""
    return data.endswith(b"\x05")
