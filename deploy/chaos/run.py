"""One run: the input is published, faults befall the platform meanwhile, and then all is held to account."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from deploy.chaos.batch import Batch
from deploy.chaos.breaking import Breaking
from deploy.chaos.compare import Findings
from deploy.chaos.faults import FAULTS, ON_DISK, Make
from deploy.chaos.group_probe import SESSION_MS, hands_out
from deploy.chaos.judge import check_bounds, judge
from deploy.chaos.mishaps import MISHAPS
from deploy.chaos.producer import FileProducer
from deploy.chaos.schedule import Planned
from deploy.chaos.source import write_letters
from deploy.chaos.stage import BROKER, WORKERS, Stage
from deploy.chaos.watch import Memory, Recovery, Watch
from deploy.errors import OperationFailed
from deploy.sources import STATE_VARIABLE, as_variables
from deploy.worker import ROLES
from producers.contract import RAW_TOPIC
from streams.contract import ARRIVALS_TOPIC, TAGGED_TOPIC
from streams.part import HoleInLog

PUBLISH_SECONDS: Final = 12.0
AT_ONCE: Final = 50
"""Records of each part that the pure code takes between two looks at the platform: a quarter of a second."""
READ_BY: Final = {"intake": RAW_TOPIC, "weigher": ARRIVALS_TOPIC, "writer": TAGGED_TOPIC}
Say = Callable[[str], None]


@dataclass
class RunResult:
    """What came of one run."""

    number: int
    seconds: float = 0.0
    published: int = 0
    """Records, those of the harness itself and control records included."""
    rejected: int = 0
    surges: int = 0
    """Found so far in the life of the platform."""
    recoveries: list[Recovery] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    memory: dict[str, Memory] = field(default_factory=dict)
    disk: tuple[int, int] = (0, 0)
    """Bytes before and after."""
    void: str = ""
    """What of the parts, and not of ours, was at fault; the run then counts for nothing. Empty: it counts."""


def fault_makers(broker: str) -> dict[str, Make]:
    """Return what can befall a platform on this broker, by kind."""
    return {**FAULTS, **(ON_DISK if broker == "kafka" else {})}


def run_once(
    stage: Stage, batch: Batch, place: int, number: int, planned: Sequence[Planned], say: Say
) -> RunResult:
    """Feed a platform, break it, and hold it to account.

    Args:
        stage: a platform that has settled.
        batch: the pure code, at the same place.
        place: of the run in the platform's life, from 0.
        number: of the run, for the report.
        planned: its faults.
        say: told what happens.
    """
    began, watch = time.monotonic(), Watch(stage)
    result = RunResult(number, recoveries=watch.recoveries, memory=watch.memory)
    rejected, before, disk = len(batch.rejected), stage.tail.ends(), watch.disk_bytes()
    file = stage.platform.stack.directory / f"letters-{place}.jsonl"
    lines = write_letters(file, place)
    stage.mark, stage.parcels = f"run-{place}", []
    stage.producer = FileProducer(file, len(lines) / PUBLISH_SECONDS, _environment(stage))

    def look() -> None:
        stage.tail.poll()
        watch.look()
        batch.take(stage.tail.since(batch.ends(), AT_ONCE))  # so that little is left to do at the end

    try:
        makes = {**fault_makers(stage.broker), **MISHAPS}
        Breaking(stage, stage.producer, watch, makes, look, say).run(planned)
        result.findings = judge(stage, batch, lines, before, look)
        watch.look_until_recovered()
    except HoleInLog as hole:
        result.findings.lost.append(f"the log: {hole}")
    except OperationFailed as error:
        result.findings.lost.append(error.format_message())
    finally:
        stage.producer.stop()
    result.disk = (disk, watch.disk_bytes())
    new = [each for records in stage.tail.since(before).values() for each in records]
    published_bytes = sum(len(each.value or b"") for each in new)
    result.findings.add(check_bounds(_ours(watch.memory, stage), result.disk, published_bytes))
    result.published, result.surges = len(new), len(batch.surges)
    result.rejected = len(batch.rejected) - rejected
    result.void = _void(stage, result.findings)
    result.seconds = time.monotonic() - began
    return result


def _environment(stage: Stage) -> dict[str, str]:
    forced = as_variables(stage.platform.stack.forced)
    return {**os.environ, **forced, STATE_VARIABLE: str(stage.platform.stack.directory)}


def _ours(memory: dict[str, Memory], stage: Stage) -> dict[str, Memory]:
    """Leave out the embedded broker, which keeps all of its topics in memory (hazard 16)."""
    return {name: each for name, each in memory.items() if name != BROKER or stage.broker == "kafka"}


def _void(stage: Stage, findings: Findings) -> str:
    if stage.broker == "kafka":
        return ""
    [broker] = [part for part in stage.platform.stack.status() if part.name == BROKER]
    if broker.state != "RUNNING":
        return f"Tansu ended by itself ({broker.state}), and its topics with it"
    stuck = [] if findings.is_none else _stuck_groups(stage)
    return f"Tansu hands out no partitions any more in {', '.join(stuck)} (hazard 38)" if stuck else ""


def _stuck_groups(stage: Stage) -> list[str]:
    """Return the workers' groups that are of no use to anybody, once the workers are gone for good."""
    for worker in WORKERS:
        stage.platform.stack.supervisor.stop(worker)
    time.sleep(2 * SESSION_MS / 1000)
    brokers = stage.platform.settings.streams.brokers
    return [ROLES[role] for role, topic in READ_BY.items() if not hands_out(brokers, ROLES[role], topic)]
