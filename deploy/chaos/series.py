"""A number of runs: on one platform as long as all goes well, on a new one after so many, or after a failure.

Starting a platform takes as long as a run. One that lives through several also shows what a new one cannot:
that faults leave nothing behind, in state, memory or disk. Each run begins with all of the last one settled.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.chaos.batch import Batch
from deploy.chaos.mishaps import MISHAPS
from deploy.chaos.run import RunResult, Say, fault_makers, run_once
from deploy.chaos.schedule import Schedule
from deploy.chaos.stage import Stage, staged
from deploy.example_district import REGISTRY_FILE
from deploy.local.stack import Broker

RUNS_A_PLATFORM: Final = 5


@dataclass
class _Life:
    """A platform that lives through several runs."""

    directory: Path
    stage: Stage
    batch: Batch
    runs: int = 0
    is_sound: bool = True
    ending: ExitStack = field(default_factory=ExitStack)

    @property
    def is_over(self) -> bool:
        return not self.is_sound or self.runs >= RUNS_A_PLATFORM


class Series:
    """Runs of one seed on one broker.

    Args:
        seed: of the schedule.
        broker: which one.
        keep: directory for data and logs of all platforms; none: only those of platforms that failed are
            kept, in the temporary directory.
        say: told what happens, in lines.
    """

    def __init__(self, seed: int, broker: Broker, keep: Path | None, say: Say) -> None:
        self._schedule = Schedule(seed, [*fault_makers(broker)], [*MISHAPS])
        self._broker: Broker = broker
        self._keep = keep
        self._say = say
        self._platforms = 0

    def runs(self, count: int) -> Iterator[RunResult]:
        """Yield the results of so many runs that count; void ones come in between, at most as many again.

        Raises:
            OperationFailed: a platform does not come up.
        """
        counted = tried = 0
        life: _Life | None = None
        try:
            while counted < count and tried < 2 * count:
                life = self._alive(life)
                tried += 1
                result = self._run(life, tried)
                counted += not result.void
                yield result
        finally:
            self._end(life)

    def _run(self, life: _Life, number: int) -> RunResult:
        planned = self._schedule.next_run()
        self._say(f"run {number}")
        result = run_once(life.stage, life.batch, life.runs, number, planned, self._say)
        life.runs += 1
        life.is_sound = result.findings.is_none and not result.void
        return result

    def _alive(self, life: _Life | None) -> _Life:
        if life is not None and not life.is_over:
            return life
        self._end(life)
        self._platforms += 1
        directory = self._directory()
        ending = ExitStack()
        stage = ending.enter_context(
            staged(directory, self._broker, lambda part: self._say(f"start: {part}"))
        )
        batch = Batch(
            REGISTRY_FILE.read_text(encoding="utf-8"),
            stage.platform.settings.streams,
            len(stage.tail.log),
            stage.epoch,
        )
        return _Life(directory, stage, batch, ending=ending)

    def _directory(self) -> Path:
        if self._keep is None:
            return Path(tempfile.mkdtemp(prefix="pulse-chaos-"))
        return self._keep.absolute() / f"platform-{self._platforms}"

    def _end(self, life: _Life | None) -> None:
        if life is None:
            return
        life.ending.close()
        if life.is_sound and self._keep is None:
            shutil.rmtree(life.directory, ignore_errors=True)
        elif not life.is_sound:
            self._say(f"data and logs are kept in {life.directory}")
