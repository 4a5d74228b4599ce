"""What is read of the raw topic again: which events, at which moments, and what is only noted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.topic_reading import Noted, PartReading, Wanted
from sinks.raw_log import LogRecord
from streams.calendar import LocalCalendar
from streams.contract import Tagged
from streams.pipeline import RawRecord, Tools
from tests.streams.records import NOON, event, raw, tick, tools

CALENDAR = LocalCalendar(ZoneInfo("Asia/Shanghai"))
DAY = CALENDAR.day_start(int(NOON.timestamp()))
LATER = NOON + dt.timedelta(hours=3)
NEXT_DAY = NOON + dt.timedelta(days=1)


def read(
    records: Sequence[RawRecord], by: Tools | None = None, rejected: Sequence[int] = (), **fields: Any
) -> tuple[list[Tagged], Noted]:
    """Read a part below offset 10, whose clock stood at NOON where the topic begins."""
    values: dict[str, Any] = {"calendar": CALENDAR, "days": {DAY}, "source": "", "horizons": {0: DAY + 1}}
    reading = PartReading(
        epoch=1,
        part=0,
        below=10,
        clock_at=lambda _: int(NOON.timestamp() * 1000),
        rejected=rejected,
        tolerance_ms=0,
    )
    log = [
        LogRecord(0, each.place.offset, each.key, each.value or b"", each.headers, each.place.timestamp_ms)
        for each in records
    ]
    noted = Noted()
    wanted = Wanted(**{**values, **fields})
    return [fact for facts in reading.facts(log, by or tools(), wanted, noted) for fact in facts], noted


def test_an_event_is_weighed_at_the_clock_that_the_log_gives() -> None:
    early = NOON - dt.timedelta(hours=1)
    records = [raw(event(1, early), 0), tick(LATER, 1), raw(event(2), 2), raw(event(3, NEXT_DAY), 3)]
    facts, noted = read([*records, raw(event(4), 4)])
    assert [(each.offset, each.weighed_at, each.path.estate) for each in facts] == [
        (0, NOON, "E1"),
        (2, LATER, "E1"),
        (4, NEXT_DAY, "E1"),
    ]
    assert (noted.events, noted.firsts, noted.deleted) == (3, {0: 0}, 0)


def test_what_is_not_wanted_not_stored_or_rejected_is_not_read() -> None:
    records = [
        raw(event(1), 3),  # what stood before is deleted
        raw(event(2, source="app"), 4),
        raw(event(3, NEXT_DAY), 5),
        raw(event(4), 6, value=b"{"),
        raw(event(5), 7),  # the table could not hold it
        raw(event(6), 10),  # not stored yet
    ]
    facts, noted = read(records, rejected=[7], source="12345")
    assert [each.offset for each in facts] == [3]
    assert (noted.events, noted.rejected, noted.firsts, noted.deleted) == (1, 2, {0: 3}, 3)


def test_days_that_the_streams_hold_wait() -> None:
    records = [raw(event(1), 0), raw(event(2, NEXT_DAY), 1)]
    days = {DAY, CALENDAR.day_start(int(NEXT_DAY.timestamp()))}
    facts, noted = read(records, days=days, horizons={0: max(days)})
    assert [each.offset for each in facts] == [0]
    assert noted.waiting_days == [("2021-06-02", 1)]


def test_of_a_part_without_records_everything_is_deleted() -> None:
    facts, noted = read([])
    assert (facts, noted.firsts, noted.deleted) == ([], {0: 10}, 10)


def test_a_letter_that_the_tagger_fails_at_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    by = tools()
    known = by.letters.read_all

    def failing(events: Any) -> Any:
        if any(each.request_id == "r2" for each in events):
            raise ZeroDivisionError
        return known(events)

    monkeypatch.setattr(by.letters, "read_all", failing)
    facts, noted = read([raw(event(number), number) for number in range(4)], by)
    assert [each.offset for each in facts] == [0, 1, 3]
    assert (noted.events, noted.failed) == (3, 1)
