"""Counting: sets in buckets, so that repeats, order and batches change nothing."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from producers.contract import Kind
from streams.calendar import LocalCalendar
from streams.contract import REPORTER_SKETCH_SIZE, Grain, Level, Path, reporter_hash
from streams.counting import Countable, Counts
from tests.counted import Bucket, Measures, rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = int(dt.datetime(2021, 6, 1, 12, 0, tzinfo=SHANGHAI).timestamp())
PATH = Path("e1", "c1", "s1", "d1", "city")


def counts(memory_days: int = 2) -> Counts:
    return Counts(LocalCalendar(SHANGHAI), memory_days)


def opened(identity: str, second: int = NOON, *, reporter: str = "", path: Path = PATH) -> Countable:
    return Countable(identity, Kind.OPENED, second, path, "leaks", reporter_hash(reporter or identity))


def figures(state: Counts) -> dict[Bucket, Measures]:
    upserts, _ = state.take_upserts()
    return rows(upserts)


def test_one_event_counts_at_five_levels_and_three_grains() -> None:
    state = counts()
    state.add(opened("a"))
    found = figures(state)
    assert len(found) == 15
    day = int(dt.datetime(2021, 6, 1, tzinfo=SHANGHAI).timestamp())
    assert found[Level.CITY, "city", Grain.DAY, day] == Measures(
        1, 0, 0, 0, {"leaks": 1}, [reporter_hash("a")]
    )


def test_an_unknown_area_is_not_counted() -> None:
    state = counts()
    state.add(opened("a", path=Path("e1", city="city")))
    assert {level for level, *_ in figures(state)} == {Level.ESTATE, Level.CITY}


def test_only_touched_buckets_are_told() -> None:
    state = counts()
    state.add(opened("a"))
    state.take_upserts()
    state.add(opened("a"))
    assert figures(state) == {}
    state.add(opened("b", NOON + 3600))
    assert all(bucket >= NOON or grain is Grain.DAY for _, _, grain, bucket in figures(state))


def test_kinds_are_counted_apart() -> None:
    state = counts()
    for number, kind in enumerate(Kind):
        state.add(Countable(str(number), kind, NOON, PATH, "leaks", reporter_hash("r")))
    city = figures(state)[Level.CITY, "city", Grain.MINUTE, NOON]
    assert (city.opened, city.petitioned, city.closed, city.reopened) == (1, 1, 1, 1)


def test_an_event_older_than_memory_asks_for_a_recount_of_its_day() -> None:
    state = counts(memory_days=2)
    state.advance(NOON)
    old = NOON - 3 * 86400
    state.add(opened("old", old))
    upserts, recount = state.take_upserts()
    assert len(upserts) == 0
    assert recount == [int(dt.datetime(2021, 5, 29, tzinfo=SHANGHAI).timestamp())]


def test_memory_lets_go_of_old_days_and_never_goes_back() -> None:
    state = counts(memory_days=1)
    state.add(opened("a"))
    state.advance(NOON + 5 * 86400)
    state.advance(NOON)
    state.add(opened("a"))
    _, recount = state.take_upserts()
    assert recount == [int(dt.datetime(2021, 6, 1, tzinfo=SHANGHAI).timestamp())]


def test_loading_from_facts_tells_nothing_and_recognises_repeats() -> None:
    state = counts()
    assert state.load([opened("a"), opened("a"), opened("b")]) == 2
    assert figures(state) == {}
    state.add(opened("a"))
    assert figures(state) == {}
    state.add(opened("c"))
    assert figures(state)[Level.ESTATE, "e1", Grain.MINUTE, NOON].opened == 3


def test_of_many_reporters_the_smallest_hashes_are_told() -> None:
    state, hashes = counts(), set()
    key = (Level.CITY, "city", Grain.MINUTE, NOON)
    for first in range(0, 3000, 150):
        for number in range(first, first + 150):
            # Every second one repeats, so that the union is one of sets.
            reporter = f"r{number // 2}"
            state.add(opened(f"i{number}", reporter=reporter))
            hashes.add(reporter_hash(reporter))
        assert figures(state)[key].reporters == sorted(hashes)[:REPORTER_SKETCH_SIZE]


def test_reporters_are_distinct() -> None:
    state = counts()
    for identity in ("a", "b"):
        state.add(opened(identity, reporter="same"))
    assert figures(state)[Level.ESTATE, "e1", Grain.DAY, NOON - 43200].reporters == [reporter_hash("same")]


events = st.lists(
    st.builds(
        opened,
        st.sampled_from("abcdefgh"),
        st.integers(NOON, NOON + 7200),
        reporter=st.sampled_from(["", "r1", "r2"]),
        path=st.just(PATH),
    ),
    max_size=30,
    unique_by=lambda event: event.identity,
)


@given(events, st.randoms(use_true_random=False), st.integers(1, 5))
def test_order_repeats_and_batches_change_nothing(items: list[Countable], random: object, size: int) -> None:
    plain = counts()
    for event in items:
        plain.add(event)
    mixed = items + items[: len(items) // 2]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    state, latest = counts(), {}
    for at in range(0, len(mixed), size):
        for event in mixed[at : at + size]:
            state.add(event)
        latest.update(figures(state))
    assert latest == figures(plain)
