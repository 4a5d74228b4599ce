"""Publishes a run's input and lets its faults happen meanwhile, each at its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from deploy.chaos.faults import Make
from deploy.chaos.producer import FileProducer
from deploy.chaos.schedule import Planned
from deploy.chaos.stage import Stage
from deploy.chaos.watch import Recovery, Watch

PAUSE_SECONDS: Final = 0.1
START_SECONDS: Final = 60.0
"""The producer's first record comes sooner, even on a busy machine."""
LONGEST_SECONDS: Final = 300.0
"""Then the run is over, whatever still lasts."""


class Breaking:
    """The time in which a platform is fed and broken.

    Args:
        stage: the platform.
        producer: of the run's input, not yet started.
        watch: is told when faults end.
        makes: how each kind of fault is made.
        look: called all the while; has to return soon.
        say: told what happens.
    """

    def __init__(
        self,
        stage: Stage,
        producer: FileProducer,
        watch: Watch,
        makes: Mapping[str, Make],
        look: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._stage = stage
        self._producer = producer
        self._watch = watch
        self._makes = makes
        self._observe = look
        self._say = say
        self._on: list[Recovery] = []
        """Faults that have begun and not ended."""
        self._began = 0.0

    def run(self, planned: Sequence[Planned]) -> None:
        """Return when the input is published and no fault lasts any more.

        Raises:
            OperationFailed: the producer ended too often before its file did.
        """
        self._producer.start()
        self._await_first_record()
        coming = list(planned)
        self._began = time.monotonic()
        while coming or self._on or not self._producer.is_done():
            while coming and self._elapsed() >= coming[0].at_seconds:
                self._begin(coming.pop(0))
            self._end_those_that_are_over()
            self._look()
            if self._elapsed() > LONGEST_SECONDS:
                break
        self._producer.stop()

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _await_first_record(self) -> None:
        before = self._stage.tail.ends()
        deadline = time.monotonic() + START_SECONDS
        while self._stage.tail.ends() == before and time.monotonic() < deadline:
            self._look()

    def _look(self) -> None:
        self._observe()
        time.sleep(PAUSE_SECONDS)

    def _begin(self, planned: Planned) -> None:
        fault = self._makes[planned.kind](self._stage, planned.chance())
        recovery = Recovery(planned.kind, fault, began_at=time.monotonic())
        fault.begin()
        self._watch.recoveries.append(recovery)
        self._on.append(recovery)
        lasts = f", for {fault.lasts_seconds:.1f} s" if fault.lasts_seconds else ""
        self._say(f"{self._elapsed():5.1f} s: {planned.kind} ({fault.detail}){lasts}")

    def _end_those_that_are_over(self) -> None:
        now = time.monotonic()
        for each in [*self._on]:
            if now >= each.began_at + each.fault.lasts_seconds and each.fault.end():
                self._on.remove(each)
                self._watch.ended(each)
