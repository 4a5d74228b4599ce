from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from producers.contract import Kind
from sinks.facts import Facts
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Path, Progress, Tagged, identity, milliseconds
from streams.store import Since
from tests.sinks.made import NOON, as_counted, fact, month_of_facts

pytestmark = pytest.mark.stack

LONG_AGO = 0
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def sink(fresh: SinksSettings) -> ClickHouseSink:
    return ClickHouseSink(fresh)


@pytest.fixture
def facts(fresh: SinksSettings) -> Facts:
    return Facts(fresh)


def mark(next_offset: int, epoch: int = 1, part: int = 0) -> Progress:
    return Progress(
        epoch=epoch,
        part=part,
        next=next_offset,
        clock_ms=next_offset * 10,
        registry_version=f"v{next_offset}",
    )


def ids(facts: Facts, below: int, since: dt.datetime | None = None, epoch: int = 1) -> list[str]:
    since_s = LONG_AGO if since is None else int(since.timestamp())
    found = facts.counted_facts(epoch, 0, below, since_s)
    return sorted(each.identity.rpartition("/")[2] for each in found)


def test_nothing_is_stored_at_first(facts: Facts) -> None:
    assert facts.stored_up_to(1, 0) == 0
    assert facts.progress_at(1, 0, 100) is None
    assert facts.highest_epoch() == 0
    assert ids(facts, 100) == []
    assert list(facts.arrivals(1, {0: 100})) == []


def test_progress_is_that_of_its_part_and_epoch(sink: ClickHouseSink, facts: Facts) -> None:
    marks = [mark(10), mark(30), mark(20), mark(99, part=1), mark(5, epoch=2)]
    sink.insert_progress(marks)
    assert facts.stored_up_to(1, 0) == 30
    assert facts.stored_up_to(2, 0) == 5
    assert facts.progress_at(1, 0, 29) == mark(20)
    assert facts.progress_at(1, 0, 9) is None
    assert facts.progress_at(2, 0, 5) == mark(5, epoch=2)
    assert facts.progress_at(2, 0, 4) == mark(30), "of an older epoch, where this one has none so low"
    assert facts.highest_epoch() == 2


def test_what_counts_and_stands_below_the_position_comes_back(sink: ClickHouseSink, facts: Facts) -> None:
    made = month_of_facts(5, 400, days=10)
    sink.insert_facts(made[200:])
    sink.insert_facts(made[:250])
    first = {identity(each.source, each.request_id, each.event_id): each for each in reversed(made[:300])}
    expected = [as_counted(each) for each in first.values() if each.kind != "rated"]
    found = list(facts.counted_facts(1, 0, 300, LONG_AGO))
    by_identity = sorted(found, key=lambda each: each.identity)
    assert by_identity == sorted(expected, key=lambda each: each.identity)


def test_other_parts_are_left_out_and_older_epochs_come_whole(sink: ClickHouseSink, facts: Facts) -> None:
    sink.insert_facts([fact(1), fact(2, part=1), fact(900, epoch=1), fact(3, epoch=2), fact(9, epoch=2)])
    assert ids(facts, below=5, epoch=2) == ["v1", "v3", "v900"]


@pytest.mark.parametrize(
    ("first", "second", "seen"),
    [
        # A second delivery names another month, so it lies in another partition and never merges:
        (
            NOON - dt.timedelta(days=60),
            NOON,
            False,
        ),  # the survivor lies before the window: the loser must not show
        (NOON, NOON - dt.timedelta(days=60), True),  # the survivor lies in the window
        (NOON + dt.timedelta(days=60), NOON, True),  # both do, the survivor a later month: it shows once
        (NOON - dt.timedelta(hours=2), NOON, False),  # the same month, the survivor before the window
    ],
)
def test_a_later_delivery_with_another_time_never_shows(
    sink: ClickHouseSink, facts: Facts, first: dt.datetime, second: dt.datetime, *, seen: bool
) -> None:
    sink.insert_facts([fact(1, first)])
    sink.insert_facts([fact(1, second, offset=7)])
    since = int((NOON - dt.timedelta(hours=1)).timestamp())
    found = [each.occurred_s for each in facts.counted_facts(1, 0, 100, since)]
    assert found == ([int(first.timestamp())] if seen else [])


def test_arrivals_come_in_the_order_in_which_they_are_weighed(sink: ClickHouseSink, facts: Facts) -> None:
    def at(number: int, weighed: float, occurred: float, **fields: object) -> Tagged:
        return fact(number, NOON + occurred * MINUTE, weighed_at=NOON + weighed * MINUTE, **fields)

    rows = [
        at(1, weighed=5, occurred=5),
        at(2, weighed=5.9, occurred=1, part=1),  # the same minute, occurred earlier
        at(3, weighed=4, occurred=4, reporter="p"),
        at(4, weighed=5.5, occurred=1, part=1),  # equal but for its id
        at(5, weighed=9, occurred=9, kind=Kind.CLOSED),
        at(60, weighed=1, occurred=1),  # above the position
        at(6, weighed=2, occurred=2, part=7),  # of a part that nobody asked for
        at(3, weighed=4.5, occurred=1, offset=40),  # a later delivery of 3
    ]
    sink.insert_facts(rows)
    found = list(facts.arrivals(1, {0: 50, 1: 50}))
    assert [each.request_id for each in found] == ["r3", "r2", "r4", "r1"]
    assert found[0] == (
        *("12345/r3/v3", "r3", Path("e1", "c1", "s1", "d1", "city"), "p", "noise"),
        *(int((NOON + 4 * MINUTE).timestamp()) * 1000,) * 2,
        "12345",
    )
    assert found[3].reporter == "12345/r1", "an unknown reporter stands for itself by its request"


def test_arrivals_since_a_moment_are_those_that_were_weighed_since(
    sink: ClickHouseSink, facts: Facts
) -> None:
    def at(number: int, weighed: float, offset: int, days_ago: float = 0, **fields: object) -> Tagged:
        occurred, when = NOON - days_ago * DAY, NOON + weighed * MINUTE
        return fact(number, occurred, weighed_at=when, offset=offset, **fields)

    before = [at(1, 4, 1), at(2, 4.9, 2), at(3, 3, 3, days_ago=40), at(4, 2, 4, kind=Kind.CLOSED)]
    later = [at(5, 5, 5), at(6, 7, 6, days_ago=40), at(7, 6, 7, kind=Kind.CLOSED), at(5, 8, 8), at(2, 9, 9)]
    too_late = [at(8, 6, 60), at(9, 6, 10, days_ago=100)]
    for rows in (before, later, too_late):
        sink.insert_facts(rows)
    since = Since(milliseconds(NOON + 5 * MINUTE), milliseconds(NOON - 45 * DAY))
    found = [each.request_id for each in facts.arrivals(1, {0: 50}, since)]
    assert found in (["r5", "r6", "r2"], ["r5", "r6"]), "r2 was weighed before: it may come again, or not"


def test_a_hundred_thousand_arrivals_come_back(sink: ClickHouseSink, facts: Facts) -> None:
    one = fact(0)
    many = [
        msgspec.structs.replace(one, event_id=f"v{number}", request_id=f"r{number}", offset=number)
        for number in range(100_000)
    ]
    for start in range(0, len(many), 20_000):
        sink.insert_facts(many[start : start + 20_000])
    found = sum(1 for _ in facts.arrivals(1, {0: len(many)}))
    assert found == len(many)
