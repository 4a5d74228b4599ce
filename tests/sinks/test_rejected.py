from __future__ import annotations

import datetime as dt

import pytest

from sinks.rejected import AlreadySentBack, NoSuchRecord, RejectedRecords
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Reason, Rejected

pytestmark = pytest.mark.stack

BYTES = bytes(range(256))


def rejected(offset: int, **fields: object) -> Rejected:
    values: dict[str, object] = {
        "source": "12345",
        "reason": Reason.NOT_JSON,
        "detail": "not one JSON object in UTF-8",
        "epoch": 1,
        "part": 0,
        "offset": offset,
        "key": b"12345/r1",
        "value": BYTES,
        "headers": (("ce_id", b"v1"), ("ce_id", b"again"), ("raw", b"\xfe\x00")),
    }
    return Rejected(**{**values, **fields})  # type: ignore[arg-type]


@pytest.fixture
def store(fresh: SinksSettings) -> RejectedRecords:
    return RejectedRecords(fresh)


def test_a_rejected_record_comes_back_byte_for_byte(fresh: SinksSettings, store: RejectedRecords) -> None:
    sent = rejected(7, part=3, key=b"\xff/\x00")
    ClickHouseSink(fresh).insert_rejected([sent])
    found = store.at(1, 3, 7)
    assert found.record == sent
    assert (found.place, found.revision) == ("1/3/7", 0)
    assert dt.datetime.now(dt.UTC) - found.rejected_at < dt.timedelta(minutes=1)


def test_they_are_counted_by_source_and_reason(fresh: SinksSettings, store: RejectedRecords) -> None:
    rows = [rejected(1), rejected(2), rejected(3, reason=Reason.WRONG_KEY), rejected(4, source="other")]
    ClickHouseSink(fresh).insert_rejected(rows)
    ClickHouseSink(fresh).insert_rejected(rows)
    found = {(each.source, each.reason): each.records for each in store.groups()}
    assert found == {("12345", "not_json"): 2, ("12345", "wrong_key"): 1, ("other", "not_json"): 1}
    assert [each.records for each in store.groups(source="12345", reason="wrong_key")] == [1]
    assert {each.place for each in store.latest(source="12345", limit=2)} < {"1/0/1", "1/0/2", "1/0/3"}
    assert store.groups(source="nobody") == []


def test_a_record_is_sent_back_once_unless_asked_again(fresh: SinksSettings, store: RejectedRecords) -> None:
    sink = ClickHouseSink(fresh)
    sink.insert_rejected([rejected(1), rejected(2)])
    found = store.at(1, 0, 1)
    store.note_sent_back(found)
    sink.insert_rejected([rejected(1)])  # the rejected topic is read again: that undoes nothing
    with pytest.raises(AlreadySentBack, match="--again"):
        store.note_sent_back(found)
    store.note_sent_back(found, again=True)
    assert store.at(1, 0, 1).revision == 2
    assert store.at(1, 0, 1).record == rejected(1)
    assert store.at(1, 0, 1).rejected_at == found.rejected_at
    assert [each.place for each in store.latest(waiting_only=True)] == ["1/0/2"]
    [group] = store.groups()
    assert (group.records, group.sent_back) == (2, 1)


def test_a_place_where_nothing_was_rejected(store: RejectedRecords) -> None:
    with pytest.raises(NoSuchRecord, match="1/0/99"):
        store.at(1, 0, 99)
