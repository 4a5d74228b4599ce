"""A run's pace and ticks, on a clock of the test's own."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from producers.records import Record, defect_record, event_record
from producers.replay import END_MARGIN, Pace, Replay
from tests.producers.events import NEW_YEAR, event


class Journal:
    """Takes records and ticks as a publisher would, and notes when."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.entries: list[tuple[float, Record | dt.datetime]] = []

    def publish_record(self, record: Record) -> None:
        self.entries.append((self.clock.seconds, record))

    def tick(self, at: dt.datetime) -> None:
        self.entries.append((self.clock.seconds, at))

    @property
    def ticks(self) -> list[dt.datetime]:
        return [each for _, each in self.entries if isinstance(each, dt.datetime)]

    @property
    def times(self) -> list[float]:
        return [round(at, 3) for at, each in self.entries if isinstance(each, Record)]


class HandClock:
    """Goes on only when someone sleeps."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def replay(seconds: list[int], pace: Pace | None = None) -> Journal:
    clock = HandClock()
    journal = Journal(clock)
    Replay(journal, pace, clock=clock).run(event_record(event(each)) for each in seconds)
    return journal


def test_the_last_tick_lies_a_minute_behind_the_last_arrival() -> None:
    assert replay([1, 2, 3]).ticks == [event(3).occurred_at + END_MARGIN]


def test_a_run_without_records_has_no_tick() -> None:
    assert replay([]).entries == []


def test_a_rate_spaces_records_evenly() -> None:
    assert replay([0] * 5, Pace(rate=4)).times == [100.0, 100.25, 100.5, 100.75, 101.0]


def test_a_speed_keeps_the_distances_between_arrivals() -> None:
    # 0 s --- 60 s --------- 180 s of the events' time, sixty times as fast
    assert replay([0, 60, 180], Pace(speed=60)).times == [100.0, 101.0, 103.0]


def test_ticks_follow_the_replayed_time_through_a_pause() -> None:
    # nothing arrives for three minutes; a tick goes out each second of ours, which is a minute of theirs
    ticks = replay([0, 180], Pace(speed=60)).ticks
    minutes = [(each - NEW_YEAR) / dt.timedelta(minutes=1) for each in ticks]
    assert [round(each, 3) for each in minutes] == [1, 2, 3, 4]


def test_a_tick_of_a_paced_run_is_the_last_arrival_and_never_later() -> None:
    journal = replay(list(range(10)), Pace(rate=2))
    for at, tick in ((at, each) for at, each in journal.entries[:-1] if isinstance(each, dt.datetime)):
        published = [
            record.arrived_at
            for moment, record in journal.entries
            if isinstance(record, Record) and moment <= at and record.arrived_at is not None
        ]
        assert tick <= max(published)


@given(
    st.lists(st.integers(0, 10_000), min_size=1).map(sorted),
    st.sampled_from([Pace(), Pace(rate=3), Pace(speed=100)]),
)
def test_no_tick_overtakes_an_earlier_arrival(seconds: list[int], pace: Pace) -> None:
    clock = NEW_YEAR
    for _, each in replay(seconds, pace).entries:
        if isinstance(each, dt.datetime):
            clock = max(clock, each)
        else:
            assert each.arrived_at is not None
            assert each.arrived_at >= clock


def test_the_tally_counts_by_source_and_knows_defects() -> None:
    clock = HandClock()
    tally = Replay(Journal(clock), clock=clock).run(
        [event_record(event(1)), defect_record("311", "7", b"?", "why"), event_record(event(2))]
    )
    assert tally.published == {"12345": 2, "311": 1}
    assert (tally.total, tally.defects) == (3, 1)
    assert (tally.first_arrival, tally.last_arrival) == (event(1).occurred_at, event(2).occurred_at)
