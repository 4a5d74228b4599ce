"""Holds a platform to account after a run: everything that was sent, against everything that is stored."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from deploy.chaos.batch import Batch
from deploy.chaos.compare import Findings, compare, found_by, totals_of
from deploy.chaos.poison import Sent, mark_of
from deploy.chaos.stage import Stage
from deploy.chaos.watch import Memory
from deploy.commands.verify import verify
from deploy.errors import OperationFailed
from sinks.clickhouse import DatabaseError
from streams.pipeline import RawRecord

CATCH_UP_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 0.5
QUIET_SECONDS: Final = 150.0
"""What has not been stored after so long without progress never will be: longer than a worker may stand still
(`streams.stall_seconds`), and start again."""
PATIENCE_SECONDS: Final = 30.0
KEEPING_SECONDS: Final = 12.0
"""Requests follow their facts: within so long they must have moved (`sinks.keeping` rests for less)."""
DISK_FACTOR: Final = 30
DISK_ROOM: Final = 256 * 1024 * 1024
"""A run may add so many bytes for each that it published, and so much more."""

Log = Mapping[int, Sequence[RawRecord]]


def judge(
    stage: Stage, batch: Batch, lines: Sequence[bytes], before: Mapping[int, int], look: Callable[[], None]
) -> Findings:
    """Return what is lost, doubled or wrong.

    Args:
        stage: the platform, with nothing broken any more.
        batch: has taken the log up to somewhere; takes the rest of it.
        lines: the values that the producer was given.
        before: where each part of the log ended when the run began.
        look: called while the platform is waited for.

    Raises:
        HoleInLog: the log lacks records.
    """
    if not stage.tail.catch_up(CATCH_UP_SECONDS):
        return Findings(lost=["the log: its end cannot be read"])
    batch.take(stage.tail.since(batch.ends()))
    _settle(stage, batch, look)
    try:
        found = compare(stage.tables(PATIENCE_SECONDS), batch)
        found.beside(found_by(verify(stage.platform.settings, wait_seconds=KEEPING_SECONDS)))
    except (DatabaseError, OperationFailed) as error:
        found = Findings(lost=[f"the tables: {error}"])
    new = stage.tail.since(before)
    found.add(check_lines(lines, new))
    return found.add(
        check_sent([each for parcel in stage.parcels for each in parcel.acknowledged], new, batch)
    )


def check_lines(lines: Iterable[bytes], log: Log) -> Findings:
    """Return the producer's lines that are not in the log, as often as they were given to it."""
    seen = Counter(record.value or b"" for records in log.values() for record in records)
    missing = Counter(lines) - seen
    return Findings(lost=[f"line {line[:120].decode(errors='replace')}" for line in missing.elements()])


def check_sent(sent: Iterable[Sent], log: Log, batch: Batch) -> Findings:
    """Return the records of the harness that did not meet the fate which their maker foresaw."""
    found = Findings()
    by_mark: dict[str, list[RawRecord]] = {}
    for records in log.values():
        for record in records:
            if mark := mark_of([*record.headers]):
                by_mark.setdefault(mark, []).append(record)
    for each in sent:
        mark = mark_of(each.headers)
        if not each.is_foreseen:
            continue
        if mark not in by_mark:
            found.lost.append(f"{mark}: acknowledged, and not in the log")
        for record in by_mark.get(mark, ()):
            if (fate := _fate(record, batch)) != (each.reason.value if each.reason else "taken"):
                found.wrong.append(f"{mark}: {fate}, not {each.reason or 'taken'}")
    return found


def check_bounds(memory: Mapping[str, Memory], disk: tuple[int, int], published_bytes: int) -> Findings:
    """Return the parts that grew beyond what a run accounts for."""
    found = Findings(
        wrong=[
            f"memory of {name}: {held.peak / 2**20:.0f} MiB after {held.first / 2**20:.0f}"
            for name, held in memory.items()
            if not held.is_bounded
        ]
    )
    grown = disk[1] - disk[0]
    if grown > published_bytes * DISK_FACTOR + DISK_ROOM:
        found.wrong.append(f"disk: {grown / 2**20:.0f} MiB for {published_bytes / 2**20:.0f} published")
    return found


def _fate(record: RawRecord, batch: Batch) -> str:
    place = (record.place.part, record.place.offset)
    if place in batch.rejected:
        return batch.rejected[place].reason.value
    return "taken" if place in batch.deliveries else "nothing"


def _settle(stage: Stage, batch: Batch, look: Callable[[], None]) -> None:
    """Wait until the tables have come to the totals of the batch, or stand still short of them."""
    tables = stage.tables(patience_seconds=0.0)
    seen, since = None, time.monotonic()
    while time.monotonic() - since < QUIET_SECONDS:
        look()
        try:
            totals = tables.totals()
        except DatabaseError:
            totals = None
        if totals == totals_of(batch):  # which `look` takes on, where a record came late into the log
            return
        if totals != seen:
            seen, since = totals, time.monotonic()
        time.sleep(PAUSE_SECONDS)
