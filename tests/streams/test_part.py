"""The intake's state of one part: a function of the log, however it is cut into batches or repeated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calendar import LocalCalendar
from streams.contract import Reason
from streams.part import HoleInLog, IntakeRules, Outcome, Part
from streams.pipeline import RawRecord
from tests.streams.records import NOON, activation, event, raw, tick, tools

RULES = IntakeRules(LocalCalendar(ZoneInfo("Asia/Shanghai")), memory_days=2, future_tolerance_ms=900_000)
TOOLS = tools()
HOUR = dt.timedelta(hours=1)


def part(next_offset: int = 0) -> Part:
    return Part(1, 0, next_offset, 0, TOOLS, RULES)


def take(state: Part, records: Sequence[RawRecord]) -> Outcome:
    return state.process(records, records[-1].place.offset + 1)


def test_a_batch_becomes_tagged_events_counts_arrivals_and_progress() -> None:
    outcome = take(part(), [raw(event(1), 0), raw(event(2), 1)])
    assert [tagged.event_id for tagged in outcome.tagged] == ["e1", "e2"]
    assert outcome.counts is not None
    assert outcome.counts.next == 2
    assert set(outcome.counts.units) == {"E1", "C1", "S1", "D1", "CITY"}
    assert outcome.arrivals is not None
    assert (outcome.arrivals.first, outcome.arrivals.next, outcome.arrivals.offsets) == (0, 2, [0, 1])
    assert outcome.arrivals.sources == [event(1).source, event(2).source]
    assert outcome.progress is not None
    assert outcome.progress.next == 2


def test_a_bad_record_does_not_stop_its_batch_and_is_kept_whole() -> None:
    bad = raw(event(2), 1, value=b"{not json")
    outcome = take(part(), [raw(event(1), 0), bad, raw(event(3), 2)])
    assert [tagged.event_id for tagged in outcome.tagged] == ["e1", "e3"]
    [rejected] = outcome.rejected
    assert (rejected.reason, rejected.value, rejected.key) == (Reason.NOT_JSON, b"{not json", b"12345/r2")
    assert (rejected.source, rejected.offset) == ("12345", 1)


def test_records_taken_before_are_skipped() -> None:
    state = part()
    take(state, [raw(event(1), 0), raw(event(2), 1)])
    outcome = take(state, [raw(event(2), 1), raw(event(3), 2)])
    assert [tagged.event_id for tagged in outcome.tagged] == ["e3"]
    assert outcome.arrivals is not None
    assert outcome.arrivals.first == 2


def test_a_hole_stops_the_worker_and_says_what_to_do() -> None:
    with pytest.raises(HoleInLog, match=r"2 records .* PULSE_STREAMS__SKIP_HOLES"):
        take(part(5), [raw(event(1), 7)])


def test_a_hole_within_a_batch_stops_the_worker_too() -> None:
    with pytest.raises(HoleInLog, match=r"1 records from offset 6 on"):
        take(part(5), [raw(event(1), 5), raw(event(2), 7)])


def test_holes_within_a_batch_are_counted_where_they_are_to_be_skipped() -> None:
    state = part(5)
    state.rules = replace(RULES, skip_holes=True)
    outcome = take(state, [raw(event(0), 4), raw(event(1), 6), raw(event(2), 9)])
    assert (outcome.lost, state.next, len(outcome.tagged)) == (3, 10, 2)


def test_a_hole_that_is_to_be_skipped_is_counted() -> None:
    state = part(5)
    state.rules = replace(RULES, skip_holes=True)
    outcome = take(state, [raw(event(1), 7)])
    assert (outcome.lost, state.next, len(outcome.tagged)) == (2, 8, 1)
    assert outcome.arrivals is not None
    assert outcome.arrivals.first == 5, "the weigher sees no gap"
    assert take(state, [raw(event(2), 8)]).lost == 0


def test_a_late_event_is_weighed_at_the_clock_of_its_part() -> None:
    state = part()
    outcome = take(state, [tick(NOON + HOUR, 0), raw(event(1, NOON), 1), raw(event(2, NOON + 2 * HOUR), 2)])
    assert [tagged.weighed_at for tagged in outcome.tagged] == [NOON + HOUR, NOON + 2 * HOUR]
    assert state.clock_ms == (NOON + 2 * HOUR).timestamp() * 1000


def test_a_rejected_event_does_not_move_the_clock() -> None:
    state = part()
    take(state, [raw(event(1, NOON), 0), raw(event(2, NOON + HOUR, event_id=""), 1)])
    assert state.clock_ms == NOON.timestamp() * 1000


def test_an_activation_is_found_until_it_is_in_force() -> None:
    records = [raw(event(1), 0), activation("v2", 1), raw(event(2), 2)]
    state = part()
    assert state.next_activation(records) == (1, "v2")
    head = take(state, records[:2])
    assert head.progress is not None
    assert head.progress.registry_version == "v2"
    assert state.next_activation(records) is None


def test_an_activation_of_a_version_that_nobody_published_is_rejected() -> None:
    state = part()
    state.unknown_versions.add("v9")
    records = [activation("v9", 0), raw(event(1), 1)]
    assert state.next_activation(records) is None
    outcome = take(state, records)
    assert [(rejected.offset, rejected.reason) for rejected in outcome.rejected] == [
        (0, Reason.INVALID_FIELD)
    ]
    assert [tagged.registry_version for tagged in outcome.tagged] == ["v1"]


log = st.lists(
    st.one_of(
        st.builds(lambda n, h: (n, NOON + h * HOUR), st.integers(0, 9), st.integers(0, 72)),
        st.builds(lambda h: (None, NOON + h * HOUR), st.integers(0, 72)),
    ),
    min_size=1,
    max_size=40,
)


@given(log, st.integers(1, 7), st.integers(0, 3))
def test_cuts_and_repeats_change_no_figure(
    items: list[tuple[int | None, dt.datetime]], size: int, overlap: int
) -> None:
    # One event has one moment: a repeat of its id repeats that too.
    moments: dict[int, dt.datetime] = {}
    records = [
        tick(at, offset) if number is None else raw(event(number, moments.setdefault(number, at)), offset)
        for offset, (number, at) in enumerate(items)
    ]
    whole = take(part(), records)
    state = part()
    outcomes = [take(state, records[max(0, at - overlap) : at + size]) for at in range(0, len(records), size)]
    assert [event for outcome in outcomes for event in outcome.tagged] == whole.tagged
    assert outcomes[-1].progress == whole.progress
