"""Surges of past days found anew from the facts, and put in place of those that stand.

Only surges that are over: those that are open are the weigher's, which tells their next revision by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from deploy.settings import Settings
from sinks.facts import Facts
from sinks.migrate import as_migrator
from sinks.positions import Position
from sinks.sink import LONGEST_DAY, ClickHouseSink
from sinks.surges import StoredSurges
from streams.calendar import LocalCalendar
from streams.contract import Surge, SurgeState
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.recompute import differences
from streams.surges.replay import by_minute
from streams.weighing import MINUTE_MS

NOT_COMPARED: Final = frozenset({"revision"})
"""How often a surge was told depends on when batches came."""


class SurgeChanges(NamedTuple):
    """What the facts say otherwise than the table."""

    found: int
    """Surges of these days that the facts give and that are over."""
    missing: list[Surge]
    differing: list[Surge]
    """As the facts give them."""
    unfounded: list[Surge]
    """Those that the facts do not give."""


def find_changes(settings: Settings, positions: Sequence[Position], days: Collection[int]) -> SurgeChanges:
    """Weigh all requests below positions anew, and compare the surges that opened on local days (starts).

    Raises:
        DatabaseAway: ClickHouse cannot be reached.
        DatabaseRefused: it refuses.
    """
    facts, table = Facts(settings.sinks), StoredSurges(settings.sinks)
    detector = Detector(settings.streams.detector, ZoneInfo(settings.streams.zone))
    try:
        again = {each.surge_id: each for each in detector.weigh_all(_minutes(facts, positions))}
        stored = {each.surge_id: each for each in table.opened(min(days), max(days) + LONGEST_DAY)}
    finally:
        facts.close()
        table.close()
    calendar = LocalCalendar(ZoneInfo(settings.streams.zone))

    def over(surges: Mapping[str, Surge]) -> dict[str, Surge]:
        return {
            surge_id: each
            for surge_id, each in surges.items()
            if each.state is SurgeState.CLEARED
            and calendar.day_start(int(each.opened_at.timestamp())) in days
        }

    founded = over(again)
    return SurgeChanges(
        found=len(founded),
        missing=[each for surge_id, each in founded.items() if surge_id not in stored],
        differing=[
            replace(each, revision=max(each.revision, stored[surge_id].revision))
            for surge_id, each in founded.items()
            if surge_id in stored and differences(stored[surge_id], each).keys() - NOT_COMPARED
        ],
        unfounded=[each for surge_id, each in over(stored).items() if surge_id not in again],
    )


def put_in_place(settings: Settings, changes: SurgeChanges) -> None:
    """Store what is missing or differs, and remove what is unfounded; as the migrator. Nobody is told."""
    sinks = as_migrator(settings.sinks)
    sink, table = ClickHouseSink(sinks), StoredSurges(sinks)
    try:
        sink.insert_surges([*changes.missing, *changes.differing])
        table.remove([each.surge_id for each in changes.unfounded])
    finally:
        sink.close()
        table.close()


def _minutes(facts: Facts, positions: Sequence[Position]) -> Iterator[tuple[int, list[Arrival]]]:
    """Yield the minutes that the clocks of all parts have passed, as the weigher takes them after a start."""
    epoch = max((each.epoch for each in positions), default=0)
    current = [each for each in positions if each.epoch == epoch]
    watermark_ms = min((each.clock_ms for each in current), default=0)
    last = (watermark_ms - MINUTE_MS) // MINUTE_MS * 60
    for start, arrivals in by_minute(facts.arrivals(epoch, {each.part: each.next for each in current})):
        if start > last:
            break
        yield start, arrivals
    yield last, []  # clearing is a matter of time, not of arrivals
