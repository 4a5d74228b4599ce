"""The intake's judgement of items: what it lets through the stream takes, what it refuses has a reason."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.contract import MAX_EVENT_BYTES, Kind, decode_event
from producers.identity import Pseudonyms
from producers.intake.items import (
    Accepted,
    ForeignSource,
    Judge,
    NotAnEventList,
    Refused,
    split_body,
    stamped_record,
)
from producers.intake.tokens import Tokens
from streams.pipeline import Place, RawRecord, read_event

NOW = dt.datetime(2021, 6, 1, 12, tzinfo=dt.UTC)
PSEUDONYMS = Pseudonyms("k" * 32)
JUDGE = Judge(PSEUDONYMS, dt.timedelta(minutes=15))
GOOD: dict[str, Any] = {"request_id": "R1", "kind": "opened", "occurred_at": "2021-06-01T19:00:00+08:00"}


def judge(item: Any) -> Accepted | Refused:
    return JUDGE.judge(json.dumps(item).encode(), "hotline", NOW)


def accepted(item: Any) -> Accepted:
    judged = judge(item)
    assert isinstance(judged, Accepted), judged
    return judged


def test_source_id_and_arrival_are_filled_in() -> None:
    record = stamped_record(accepted(GOOD), NOW)
    event = decode_event(record.value)
    assert (event.source, event.event_id) == ("hotline", "R1/opened")
    assert event.arrived_at == NOW
    assert event.occurred_at == dt.datetime(2021, 6, 1, 11, tzinfo=dt.UTC)
    assert b"2021-06-01T11:00:00Z" in record.value


def test_what_the_caller_says_of_id_and_arrival_stands() -> None:
    event = decode_event(
        stamped_record(accepted({**GOOD, "event_id": "e7", "arrived_at": "2021-06-01T11:30:00Z"}), NOW).value
    )
    assert (event.event_id, event.arrived_at) == ("e7", NOW - dt.timedelta(minutes=30))


def test_an_event_dated_a_little_ahead_arrives_no_earlier_than_it_happened() -> None:
    event = decode_event(stamped_record(accepted({**GOOD, "occurred_at": "2021-06-01T12:10:00Z"}), NOW).value)
    assert event.arrived_at == event.occurred_at


def test_a_reporter_is_hashed_and_a_hash_is_kept() -> None:
    record = stamped_record(accepted({**GOOD, "reporter": "13800138000"}), NOW)
    assert b"13800138000" not in record.value
    assert decode_event(record.value).reporter == PSEUDONYMS.of("hotline", "13800138000")
    assert accepted({**GOOD, "reporter": "ab" * 16}).event.reporter == "ab" * 16


def test_fields_of_a_later_version_go_on() -> None:
    record = stamped_record(accepted({**GOOD, "new_in_v2": {"a": 1}}), NOW)
    assert json.loads(record.value)["new_in_v2"] == {"a": 1}


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ([1], ""),
        ("text", ""),
        ({}, "request_id"),
        ({**GOOD, "request_id": ""}, "request_id"),
        ({**GOOD, "request_id": 7}, "request_id"),
        ({**GOOD, "request_id": "x" * 201}, "request_id"),
        ({**GOOD, "event_id": ""}, "event_id"),
        ({**GOOD, "kind": "exploded"}, "kind"),
        ({**GOOD, "occurred_at": "2021-06-01T19:00:00"}, "occurred_at"),
        ({**GOOD, "occurred_at": "2021-06-01T20:30:00+08:00"}, "occurred_at"),
        ({**GOOD, "occurred_at": "1970-01-01T00:00:00Z"}, "occurred_at"),
        ({**GOOD, "arrived_at": "2031-01-01T00:00:00Z"}, "arrived_at"),
        ({**GOOD, "lon": 114.3}, "lat"),
        ({**GOOD, "lon": 114.3, "lat": 91}, "lat"),
        ({**GOOD, "lon": "east", "lat": 1}, "lon"),
        ({**GOOD, "crs": "WGS84"}, "crs"),
        ({**GOOD, "satisfaction": 1.5}, "satisfaction"),
        ({**GOOD, "due_at": "2500-01-01T00:00:00Z"}, "due_at"),
        ({**GOOD, "extra": []}, "extra"),
        ({**GOOD, "text": "x" * MAX_EVENT_BYTES}, ""),
    ],
)
def test_a_bad_item_is_refused_by_field_with_a_reason(item: Any, field: str) -> None:
    judged = judge(item)
    assert isinstance(judged, Refused)
    assert judged.field == field
    assert judged.reason


def test_another_source_than_the_tokens_is_no_mistake_in_data() -> None:
    with pytest.raises(ForeignSource, match="'hotline'"):
        judge({**GOOD, "source": "other"})


VALUES = st.none() | st.text(max_size=8) | st.floats() | st.integers() | st.sampled_from(["WGS-84", "closed"])
MOMENTS = st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat)


@given(
    st.fixed_dictionaries(
        {
            "request_id": st.text(max_size=5) | VALUES,
            "kind": st.sampled_from(Kind),
            "occurred_at": MOMENTS | VALUES,
        },
        optional={
            "event_id": st.text(max_size=5) | VALUES,
            "lon": VALUES,
            "lat": VALUES,
            "satisfaction": VALUES,
            "crs": VALUES,
            "due_at": MOMENTS | VALUES,
            "arrived_at": MOMENTS | VALUES,
            "reporter": VALUES,
            "extra": st.dictionaries(st.text(max_size=3), VALUES, max_size=2),
        },
    )
)
def test_what_the_intake_takes_the_stream_takes(item: dict[str, Any]) -> None:
    judged = JUDGE.judge(msgspec.json.encode(item), "hotline", NOW)
    if isinstance(judged, Accepted):
        record = stamped_record(judged, NOW)
        place = Place(1, 0, 0, int(NOW.timestamp() * 1000))
        taken = read_event(RawRecord(place, record.key, record.value, tuple(record.headers)), 900_000)
        assert taken == decode_event(record.value)


def test_a_body_is_one_event_or_an_array_of_events() -> None:
    assert [bytes(each) for each in split_body(b' [{"a":1}, 2] ')] == [b'{"a":1}', b"2"]
    assert [bytes(each) for each in split_body(b'{"a":1}')] == [b'{"a":1}']


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"7", b'"x"', b"[1,", b"\xff", b'{"a":' * 5000])
def test_any_other_body_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(NotAnEventList):
        split_body(body)


def test_a_token_belongs_to_its_source_and_a_second_one_too() -> None:
    # echo -n one | sha256sum, and two
    one = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    two = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"
    tokens = Tokens({"hotline": [one, two], "app": ["0" * 64]})
    assert tokens.source_of("Bearer one") == tokens.source_of("bearer two") == "hotline"
    for nobody in (None, "", "Bearer", "Bearer three", "Basic one", f"Bearer {one}"):
        assert tokens.source_of(nobody) is None
