"""Rows become events; a row that cannot is a defect, whole, and never taken for an event."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.contract import Kind
from producers.records import MAX_VALUE_BYTES
from producers.sources.mapping import parse_mapping
from producers.sources.rows import Row
from tests.producers.sources.mapped import MAPPING, defect, events, is_taken, mapping, records, row

COLUMNS = ["id", "created", "closed", "lon", "lat", "due", "rating", "title", "class", "user"]
CELLS = (
    st.none()
    | st.text(max_size=30)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.datetimes()
    | st.times()
)


def test_a_row_is_an_event_with_its_columns_in_place() -> None:
    [event] = events(
        row(
            title=" Noise ", **{"class": "Noise", "subclass": "Music"}, lon="-73.9", lat="40.7", rating="good"
        )
    )
    assert (event.source, event.request_id, event.event_id) == ("hotline", "R1", "R1/opened")
    assert event.occurred_at == dt.datetime(2021, 1, 1, 17, tzinfo=dt.UTC)
    assert (event.title, event.category) == ("Noise", "Noise / Music")
    assert (event.lon, event.lat, event.satisfaction) == (-73.9, 40.7, 1.0)
    assert event.zone == "America/New_York"


def test_what_no_field_takes_goes_along_untouched_and_what_is_dropped_does_not() -> None:
    [event] = events(row(beat=" 7 ", empty="", phone="13800138000", nested={"a": [1]}))
    assert event.extra == {"beat": " 7 ", "nested": {"a": [1]}}


def test_a_reporter_is_hashed_and_stands_nowhere_else() -> None:
    [record] = records(row(user="13800138000"))
    assert b"13800138000" not in record.value
    assert len(events(row(user="13800138000"))[0].reporter) == 32


def test_a_closed_row_is_two_events_and_its_state_goes_with_the_later() -> None:
    opened, closed = events(row(closed="2021-01-02 09:00:00", status="Closed"))
    assert (opened.kind, closed.kind) == (Kind.OPENED, Kind.CLOSED)
    assert (opened.status, closed.status) == ("", "Closed")
    assert closed.event_id == "R1/closed/2021-01-02T14:00:00.000+00:00"


def test_words_that_mean_nothing_are_nothing() -> None:
    [event] = events(row(title="N/A", lon="N/A", due=" "))
    assert (event.title, event.lon, event.due_at) == ("", None, None)


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        ({"id": None}, "column id"),
        ({"id": "  "}, "column id"),
        ({"id": 1.2345678901234567e17}, "lost digits"),
        ({"created": None}, "column created"),
        ({"created": "yesterday"}, "'yesterday' is no time"),
        ({"created": "2021-13-01"}, "column created"),
        ({"created": True}, "column created"),
        ({"created": 1e300}, "Excel"),
        ({"created": "9999-12-31 23:59:59"}, "column created"),
        ({"lon": "east"}, "column lon: 'east' is no number"),
        ({"lat": "nan"}, "finite"),
        ({"lat": [1]}, "column lat"),
        ({"rating": "so so"}, "column rating"),
        ({"due": "soon"}, "column due"),
    ],
)
def test_a_bad_cell_makes_a_defect_that_names_it(cells: dict[str, Any], names: str) -> None:
    [record] = records(row(**cells))
    assert defect(record).startswith("in.csv, line 2: ")
    assert names in defect(record)
    assert not is_taken(record)
    assert record.source == "hotline"


def test_a_defect_keeps_the_rest_of_its_row_so_that_mending_one_field_is_enough() -> None:
    [record] = records(row(title="Noise", lon="east", beat="7"))
    value = json.loads(record.value)
    assert value["lon"] == "east"
    [good] = records(row(title="Noise", lon="-73.9", beat="7"))
    assert {**value, "lon": -73.9, "crs": "WGS-84"} == {**json.loads(good.value), "crs": "WGS-84"}
    assert record.key == good.key


def test_a_bad_time_of_closing_does_not_cost_the_opening() -> None:
    opened, closed = records(row(closed="soon"))
    assert is_taken(opened)
    assert not is_taken(closed)
    assert "column closed: 'soon'" in defect(closed)
    assert json.loads(closed.value)["kind"] == "closed"


def test_a_form_of_time_that_only_the_contract_knows_is_a_defect_all_the_same() -> None:
    by = parse_mapping(MAPPING.replace('["iso", ', '["').replace('"%m/%d', "%m/%d"), "test.toml")
    [record] = records(row(created="2021-01-01T00:00:00Z"), by=by)
    assert not is_taken(record)
    assert json.loads(record.value)["occurred_at"] == {"unreadable": "2021-01-01T00:00:00Z"}


def test_a_flawed_row_is_published_with_all_that_was_read() -> None:
    [record] = records(Row("line 9", flaw="2 cells for 3 columns", raw=["a", "b"]))
    assert json.loads(record.value) == {"source": "hotline", "extra": ["a", "b"]}
    assert not is_taken(record)
    assert defect(record) == "in.csv, line 9: 2 cells for 3 columns"
    assert record.key == b"hotline/in.csv, line 9"


def test_a_row_too_large_for_any_broker_is_cut_and_says_so() -> None:
    for large in (Row("line 9", flaw="not CSV", raw="x" * MAX_VALUE_BYTES), row(title="x" * MAX_VALUE_BYTES)):
        [record] = records(large)
        assert len(record.value) == MAX_VALUE_BYTES
        assert "are kept" in defect(record)
        assert not is_taken(record)


@given(st.dictionaries(st.sampled_from(COLUMNS), CELLS))
def test_no_row_is_lost_and_none_stops_the_run(cells: dict[str, Any]) -> None:
    made = records(Row("line 2", cells))
    assert made
    for record in made:
        assert is_taken(record) == (not defect(record))
        assert record.arrived_at is None or record.arrived_at.tzinfo is not None
    assert made == records(Row("line 2", cells))


def test_a_row_that_repeats_another_is_the_same_event_once_more() -> None:
    by = mapping('same_request = [["created", "title"], ["created", "text"]]\n')
    first = row(id="R1", title="Noise", text="a")
    same_title = row(id="R2", title="Noise", text="b")
    same_text_as_that = row(id="R3", title="Other", text="b")
    nothing_in_common = row(id="R4", title="", text="")
    also_nothing = row(id="R5", title="", text="")
    ids = [
        each.event_id
        for each in events(first, same_title, same_text_as_that, nothing_in_common, also_nothing, by=by)
    ]
    assert ids == ["R1/opened", "R1/opened", "R1/opened", "R4/opened", "R5/opened"]
