"""What can befall the platform: processes killed, frozen, restarted; links cut and slow; a full disk.

A fault begins, lasts, and ends; ending it may take several tries, since another fault may stand in its way.
"""

from __future__ import annotations

import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final
from xmlrpc.client import Fault as RemoteFault

from deploy.chaos.disk import Disk
from deploy.chaos.link import Loss, Trap, Trouble
from deploy.chaos.platform import NotRunning
from deploy.chaos.stage import BROKER, CLICKHOUSE, INTAKES, WORKERS, Stage
from producers.sources.synthetic.chance import Chance

AT_ONCE: Final = 0.0
SLOW_SECONDS: Final = 0.3
INSERT_BYTES: Final = 2000
"""Questions are shorter; the writer's inserts, and batches to the broker, are longer."""
END_OF_STREAM: Final = b"\x05"
"""By which ClickHouse says that an insert is done (native protocol)."""


class Fault(ABC):
    """Something that goes wrong for a while."""

    def __init__(self, detail: str, lasts_seconds: float = AT_ONCE) -> None:
        self.detail = detail
        self.lasts_seconds = lasts_seconds
        self.happened = True
        """Whether it did: a trap may have found nobody, a process may not have run at that moment."""

    @abstractmethod
    def begin(self) -> None:
        """Let it happen."""

    def end(self) -> bool:
        """Undo it; return False where that has to be tried again."""
        return True


class Kill(Fault):
    """SIGKILL; the supervisor starts another."""

    def __init__(self, stage: Stage, name: str) -> None:
        super().__init__(name)
        self._stage, self._name = stage, name

    def begin(self) -> None:
        """Kill it."""
        try:
            self._stage.platform.kill(self._name)
        except NotRunning:
            self.happened = False


class Freeze(Fault):
    """SIGSTOP for longer than the broker waits for a sign of life; then it goes on as if nothing had been."""

    def __init__(self, stage: Stage, name: str, seconds: float) -> None:
        super().__init__(name, seconds)
        self._stage, self._name = stage, name
        self._pid = 0

    def begin(self) -> None:
        """Stop it."""
        try:
            self._pid = self._stage.platform.signal(self._name, signal.SIGSTOP)
        except NotRunning:
            self.happened = False

    def end(self) -> bool:
        """Let it go on."""
        if self._pid:
            with suppress(ProcessLookupError):  # killed meanwhile
                os.kill(self._pid, signal.SIGCONT)
        return True


class Leave(Fault):
    """A part is stopped in an orderly way, and started again."""

    def __init__(self, stage: Stage, name: str, seconds: float) -> None:
        super().__init__(name, seconds)
        self._supervisor, self._name = stage.platform.stack.supervisor, name

    def begin(self) -> None:
        """Ask it to stop."""
        self._supervisor.stop(self._name, wait=False)

    def end(self) -> bool:
        """Start it, once it has stopped."""
        if any(part.name == self._name and part.pid for part in self._supervisor.status()):
            return False  # it still has work to finish
        try:
            self._supervisor.start(self._name)
        except RemoteFault:
            return False
        return True


class Disturb(Fault):
    """A link is cut, silent or slow for some clients."""

    def __init__(self, stage: Stage, server: str, detail: str, trouble: Trouble, seconds: float) -> None:
        super().__init__(detail, seconds)
        self._link, self._trouble = stage.links[server], trouble

    def begin(self) -> None:
        """Impose the trouble."""
        self._link.impose(self._trouble)

    def end(self) -> bool:
        """Lift it."""
        self._link.lift(self._trouble)
        return True


class Spring(Fault):
    """One connection breaks in the middle of an insert."""

    def __init__(self, stage: Stage, server: str, detail: str, trap: Trap, seconds: float) -> None:
        super().__init__(detail, seconds)
        self._link, self._trap = stage.links[server], trap

    def begin(self) -> None:
        """Lay the trap."""
        self._link.set_trap(self._trap)

    def end(self) -> bool:
        """Take it away."""
        self._link.clear_trap(self._trap)
        self.happened = self._trap.sprung.is_set()
        return True


class FullDisk(Fault):
    """ClickHouse cannot write."""

    def __init__(self, disk: Disk, seconds: float) -> None:
        super().__init__(disk.how, seconds)
        self._disk = disk

    def begin(self) -> None:
        """Fill the disk."""
        self.happened = self._disk.fill()

    def end(self) -> bool:
        """Make room again."""
        return self._disk.empty()


Make = Callable[[Stage, Chance], Fault]


def _kill(*names: str) -> Make:
    return lambda stage, chance: Kill(stage, chance.choice(names))


def _freeze(*names: str, shortest: float = 7.5, longest: float = 11.0) -> Make:
    return lambda stage, chance: Freeze(stage, chance.choice(names), chance.uniform(shortest, longest))


def _leave(*names: str) -> Make:
    return lambda stage, chance: Leave(stage, chance.choice(names), chance.uniform(1, 6))


def _disturb(server: str, shortest: float, longest: float, **trouble: float | bool) -> Make:
    def make(stage: Stage, chance: Chance) -> Fault:
        names = _victims(server, chance)
        wrong = Trouble(whose=stage.clients(*names), **trouble)  # type: ignore[arg-type]  # by name
        return Disturb(stage, server, _named(names), wrong, chance.uniform(shortest, longest))

    return make


def _spring(server: str, loss: Loss, ending: bytes = b"") -> Make:
    def make(stage: Stage, chance: Chance) -> Fault:
        names = ("writer",) if server == CLICKHOUSE else (chance.choice(INTAKES),)
        trap = Trap(loss, stage.clients(*names), INSERT_BYTES, ending)
        return Spring(stage, server, _named(names), trap, chance.uniform(4, 8))

    return make


def _restart_broker(stage: Stage, chance: Chance) -> Fault:
    if chance.random() < 0.5:
        return Kill(stage, BROKER)
    return Leave(stage, BROKER, AT_ONCE)


def _full_disk(stage: Stage, chance: Chance) -> Fault:
    return FullDisk(stage.disk, chance.uniform(3, 6))


def _victims(server: str, chance: Chance) -> tuple[str, ...]:
    """Return whom a disturbed link serves: mostly one worker, now and then all of them."""
    if chance.random() < 0.25:
        return WORKERS
    return ("writer",) if server == CLICKHOUSE else (chance.choice(WORKERS),)


def _named(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else "all workers"


FAULTS: Final[Mapping[str, Make]] = MappingProxyType(
    {
        "intake killed": _kill(*INTAKES),
        "weigher killed": _kill("weigher"),
        "writer killed": _kill("writer"),
        "ClickHouse killed": _kill(CLICKHOUSE),
        "intake frozen": _freeze(*INTAKES),
        "weigher frozen": _freeze("weigher"),
        "writer frozen": _freeze("writer"),
        "ClickHouse frozen": _freeze(CLICKHOUSE, shortest=3.0, longest=8.0),
        "intake leaves and joins": _leave(*INTAKES),
        "writer leaves and joins": _leave("writer"),
        "link to ClickHouse cut": _disturb(CLICKHOUSE, 1, 6, is_cut=True),
        "link to ClickHouse silent": _disturb(CLICKHOUSE, 2, 8, is_silent=True),
        "link to ClickHouse slow": _disturb(CLICKHOUSE, 3, 8, delay_seconds=SLOW_SECONDS),
        "reply to an insert lost": _spring(CLICKHOUSE, Loss.REPLY, END_OF_STREAM),
        "insert cut in half": _spring(CLICKHOUSE, Loss.HALF_REQUEST),
        "link to broker cut": _disturb(BROKER, 1, 9, is_cut=True),
        "link to broker silent": _disturb(BROKER, 2, 9, is_silent=True),
        "link to broker slow": _disturb(BROKER, 3, 8, delay_seconds=SLOW_SECONDS),
        "broker's reply lost": _spring(BROKER, Loss.REPLY),
        "batch to broker cut in half": _spring(BROKER, Loss.HALF_REQUEST),
        "disk full": _full_disk,
    }
)
ON_DISK: Final[Mapping[str, Make]] = MappingProxyType({"broker restarted": _restart_broker})
"""Where the broker keeps its topics: the embedded one would come back without them (hazard 16)."""
