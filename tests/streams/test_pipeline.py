"""What becomes of one raw record: taken, or rejected with a reason that names the field."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.contract import MAX_EVENT_BYTES, encode
from streams.contract import Reason, milliseconds
from streams.pipeline import Dead, RawRecord, arrival_ms, read_control, read_event, tag_event
from tests.streams.records import NOON, SENT_MS, event, raw, tick, tools

TOLERANCE_MS = 900_000


def rejected(record: RawRecord) -> Dead:
    with pytest.raises(Dead) as caught:
        read_event(record, TOLERANCE_MS)
    return caught.value


def test_a_good_event_is_taken_as_it_was_sent() -> None:
    sent = event(1, lon=114.3, lat=22.7, extra={"任何": [1, 2]})
    assert read_event(raw(sent, 0), TOLERANCE_MS) == sent


def test_unknown_fields_are_ignored() -> None:
    sent = event(1)
    value = encode(sent)[:-1] + b',"new_in_v2":1}'
    assert read_event(raw(sent, 0, value=value), TOLERANCE_MS) == sent


@pytest.mark.parametrize(
    ("value", "reason", "names"),
    [
        (b"", Reason.NOT_JSON, "JSON"),
        (b"\x00\x01", Reason.NOT_JSON, "JSON"),
        (b'{"source":"\xff"}', Reason.NOT_JSON, "UTF-8"),
        (b'{"extra":' + b'{"a":' * 5000 + b"1" + b"}" * 5001, Reason.NOT_JSON, "deeply"),
        (b"[1]", Reason.INVALID_FIELD, "object"),
        (b'{"source":"12345"}', Reason.INVALID_FIELD, "request_id"),
        (encode(event(1)).replace(b'"e1"', b"7"), Reason.INVALID_FIELD, "event_id"),
        (encode(event(1)).replace(b"opened", b"exploded"), Reason.INVALID_FIELD, "kind"),
        (encode(event(1)).replace(b"04:00:00Z", b"04:00:00"), Reason.INVALID_FIELD, "occurred_at"),
        (b" " * (MAX_EVENT_BYTES + 1), Reason.TOO_LARGE, str(MAX_EVENT_BYTES)),
    ],
)
def test_a_bad_body_is_rejected_by_name(value: bytes, reason: Reason, names: str) -> None:
    dead = rejected(raw(event(1), 0, value=value))
    assert dead.reason is reason
    assert names in dead.detail


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"event_id": ""}, "event_id"),
        ({"event_id": "x" * 201}, "event_id"),
        ({"lon": 114.0}, "lat"),
        ({"lon": 200.0, "lat": 22.0}, "lon"),
        ({"satisfaction": 5.0}, "satisfaction"),
        ({"occurred_at": dt.datetime(1970, 1, 1, tzinfo=dt.UTC)}, "occurred_at"),
        ({"due_at": dt.datetime(9999, 12, 31, 23, tzinfo=dt.timezone(dt.timedelta(hours=-12)))}, "due_at"),
    ],
)
def test_a_bad_value_is_rejected_by_name(changes: dict[str, object], names: str) -> None:
    dead = rejected(raw(event(1, **changes), 0))  # type: ignore[arg-type]
    assert dead.reason is Reason.INVALID_FIELD
    assert names in dead.detail


@pytest.mark.parametrize("field", ["occurred_at", "arrived_at"])
def test_a_clock_ahead_is_judged_by_the_record_and_not_by_ours(field: str) -> None:
    sent_at = dt.datetime.fromtimestamp(SENT_MS / 1000, dt.UTC)
    fine = event(1, **{field: sent_at + dt.timedelta(minutes=15)})
    ahead = event(1, **{field: sent_at + dt.timedelta(minutes=16)})
    assert read_event(raw(fine, 0), TOLERANCE_MS) == fine
    assert rejected(raw(ahead, 0)).reason is Reason.IN_THE_FUTURE


def test_the_key_must_be_that_of_the_body() -> None:
    assert rejected(raw(event(1), 0, key=b"other")).reason is Reason.WRONG_KEY


@pytest.mark.parametrize("name", ["ce_id", "ce_source", "ce_type", "ce_specversion"])
def test_headers_must_agree_with_the_body(name: str) -> None:
    dead = rejected(raw(event(1), 0, headers=((name, b"other"),)))
    assert dead.reason is Reason.HEADERS_DISAGREE
    assert name in dead.detail


def test_a_record_without_key_must_be_a_control_record() -> None:
    assert read_control(tick(NOON, 0), TOLERANCE_MS)
    stray = raw(event(1), 0, key=None)
    with pytest.raises(Dead) as caught:
        read_control(stray, TOLERANCE_MS)
    assert caught.value.reason is Reason.WRONG_KEY


def test_a_tick_ahead_does_not_move_the_clock() -> None:
    late = dt.datetime.fromtimestamp(SENT_MS / 1000, dt.UTC) + dt.timedelta(hours=1)
    with pytest.raises(Dead):
        read_control(tick(late, 0), TOLERANCE_MS)


def test_nothing_arrives_before_it_happens() -> None:
    early = event(1, arrived_at=NOON - dt.timedelta(hours=1))
    assert arrival_ms(early) == milliseconds(NOON)


def test_a_tagged_event_bears_no_telephone_number() -> None:
    sent = event(1, text="京基御景花园渗水，电话13812345678", reporter="f00d")
    record = raw(sent, 7)
    tagged = tag_event(sent, record.place, milliseconds(NOON), tools())
    assert tagged.path.estate == "E1"
    assert (tagged.path.district, tagged.path.city) == ("D1", "CITY")
    assert "13812345678" not in encode(tagged).decode()
    assert (tagged.epoch, tagged.part, tagged.offset) == (1, 0, 7)


@given(st.binary(max_size=300))
def test_no_bytes_whatever_break_the_intake(value: bytes) -> None:
    with pytest.raises(Dead):
        read_event(raw(event(1), 0, value=value), TOLERANCE_MS)
