"""Records come out in order of arrival, all of them, whatever the memory."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from producers.records import Record
from producers.sources.ordering import in_order_of_arrival
from tests.producers.events import NEW_YEAR

ARRIVALS = st.lists(st.none() | st.integers(0, 20), max_size=60)


def record(number: int, seconds: int | None) -> Record:
    at = None if seconds is None else NEW_YEAR + dt.timedelta(seconds=seconds)
    return Record(str(number).encode(), b"{}", [("ce_id", b"1")], at, "12345")


@given(ARRIVALS, st.integers(1, 70))
def test_all_records_come_in_order_of_arrival_and_ties_as_they_were(
    seconds: list[int | None], run: int
) -> None:
    given_records = [record(number, each) for number, each in enumerate(seconds)]
    ordered = list(in_order_of_arrival(given_records, run_records=run))
    assert sorted(ordered, key=lambda each: int(each.key)) == given_records
    known = [(each.arrived_at, int(each.key)) for each in ordered if each.arrived_at is not None]
    assert known == sorted(known)


@given(ARRIVALS)
def test_the_order_does_not_depend_on_the_memory(seconds: list[int | None]) -> None:
    given_records = [record(number, each) for number, each in enumerate(seconds)]
    assert list(in_order_of_arrival(given_records, 3)) == list(in_order_of_arrival(given_records, 1000))


def test_a_record_without_arrival_stays_behind_its_neighbour() -> None:
    ordered = in_order_of_arrival([record(0, 9), record(1, None), record(2, 5)])
    assert [int(each.key) for each in ordered] == [2, 0, 1]
