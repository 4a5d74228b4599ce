"""Whether a worker gets on, judged by its progress alone. Pure: clock and broker's word come from outside.

Kafka clients die with their process alive: commits stop behind a gap (hazard 12), partitions stay silent
(14), an agent or the coordinator's task is dead (17), a consumer never joins its group again (18). None of
them raises anything, so none is looked for by name: a worker is stalled where the log grows and it stands.

What is no stall:

- an idle log, and one whose records were deleted before they were read;
- a spare, which the broker lists as a member while others have all partitions;
- a wait by right (`Waits`): for the writer before a rebuild, for a rebuild, for ClickHouse. Each of them has
  a patience of its own that ends the process, and ending it sooner would only begin the same wait anew;
- a broker that does not answer, or a frozen process: only time between two sights counts, in small steps.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, NamedTuple

Partition = tuple[str, int]
"""(topic, partition)"""
EVERY_TOPIC: Final = "*"


class Standing(NamedTuple):
    """Where the log of a partition, and the worker in it, stand; offsets."""

    start: int
    """The first record that the log still holds."""
    end: int
    """Where the next record will be, by the broker's word."""
    handed: int
    """All below was handed to the agents."""
    committed: int
    """All below is done with, by the broker's word."""


class Sight(NamedTuple):
    """What was seen of a worker at one moment."""

    at: float
    """Monotonic seconds."""
    standings: Mapping[Partition, Standing]
    """Of the assigned partitions; none where nothing is assigned."""
    has_seat: bool
    """Whether the broker lists it as a member of a settled group that has an owner for every partition."""
    waits: Mapping[str, str] = MappingProxyType({})
    """What it waits for by right, by the topic whose partitions that excuses (`EVERY_TOPIC`: all of them)."""


class Symptom(NamedTuple):
    """Something that a stalled worker shows; it is a stall only where it stays as it is."""

    name: str
    mark: int
    """What would have moved if the worker had got on."""
    text: str


class Watch:
    """Looks at one worker again and again, and says when it has been stalled for too long."""

    def __init__(self, limit_seconds: float, step_seconds: float) -> None:
        """Take how long a symptom may stay, and how much of that one look may add at most."""
        self._limit_seconds = limit_seconds
        self._step_seconds = step_seconds
        self._last_at: float | None = None
        self._stayed: dict[tuple[str, int], float] = {}

    def look(self, sight: Sight) -> str | None:
        """Take the next sight; return what has been stalled for too long, in words, or None."""
        step = self._step(sight.at)
        symptoms = [*symptoms_of(sight)]
        self._stayed = {
            (name, mark): self._stayed[name, mark] + step if (name, mark) in self._stayed else 0.0
            for name, mark, _ in symptoms
        }
        lasting = [
            f"{text}, for {self._stayed[name, mark]:.0f} s"
            for name, mark, text in symptoms
            if self._stayed[name, mark] >= self._limit_seconds
        ]
        return "; ".join(lasting) or None

    def pass_over(self, at: float) -> None:
        """Note a moment at which nothing could be seen: the time until then counts for nothing."""
        self._last_at = at

    @property
    def longest_seconds(self) -> float:
        """Return how long the most lasting symptom has stayed; 0 where there is none."""
        return max(self._stayed.values(), default=0.0)

    def _step(self, at: float) -> float:
        # A process that was frozen, or a machine that slept, has not stood still for all of that time.
        step = 0.0 if self._last_at is None else min(at - self._last_at, self._step_seconds)
        self._last_at = at
        return step


def symptoms_of(sight: Sight) -> Iterator[Symptom]:
    """Yield what a stalled worker would show; a busy one shows some of it for moments."""
    if EVERY_TOPIC in sight.waits:
        return
    if not sight.standings and not sight.has_seat:
        yield Symptom("assignment", 0, "no partition is assigned, and the group has no place for a spare")
    for (topic, partition), (start, end, handed, committed) in sight.standings.items():
        if topic in sight.waits:
            continue
        where = f"{topic}/{partition}"
        if handed > committed:
            text = f"{where} was read up to {handed}, but committed up to {committed} only"
            yield Symptom(f"{where} commits", committed, text)
        elif end > max(handed, start):  # else back-pressure: what it has in hand comes first
            text = f"{where} goes up to {end}, but was read up to {handed} only"
            yield Symptom(f"{where} reads", handed, text)


class Waits:
    """What the process waits for by right at the moment; said by those who wait, asked by the watch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._going_on: list[tuple[str, str]] = []

    @contextmanager
    def on(self, what: str, topic: str = EVERY_TOPIC) -> Iterator[None]:
        """Say for the time of a block that it may take long, and that what it waits for ends by itself.

        Args:
            what: what is waited for, for a person to read.
            topic: whose partitions stand still meanwhile; those of others must get on.
        """
        with self._lock:
            self._going_on.append((topic, what))
        try:
            yield
        finally:
            with self._lock:
                self._going_on.remove((topic, what))

    def now(self) -> dict[str, str]:
        """Return what is waited for, by topic."""
        with self._lock:
            return dict(self._going_on)
