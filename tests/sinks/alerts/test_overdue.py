"""Overdue requests as metrics, from the real tables: by street, and gone when they are done."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from producers.contract import Kind
from sinks.alerts.overdue import OverdueRequests
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Path, Progress
from tests.sinks.made import HOUR, NOON, fact, store

S1 = Path("e1", "c1", "s1", "d1", "city")
S2 = Path("e2", "c2", "s2", "d1", "city")


def shown(metric: str, street: str) -> float | None:
    return REGISTRY.get_sample_value(metric, {"street": street, "name": ""})


@pytest.mark.stack
def test_open_requests_count_as_overdue_once_their_time_has_passed(fresh: SinksSettings) -> None:
    sink, overdue = ClickHouseSink(fresh), OverdueRequests(fresh)
    late, later = NOON + HOUR, NOON + 5 * HOUR
    store(
        sink,
        [
            fact(1, path=S1, due_at=late),
            fact(2, path=S1, due_at=later),
            fact(3, path=S1),  # nobody said by when
            fact(4, path=S2, due_at=late),
            fact(5, path=S1, due_at=late),
            fact(6, request_id="r5", path=S1, kind=Kind.CLOSED, at=NOON + 2 * HOUR),
        ],
    )
    clock = round((NOON + 3 * HOUR).timestamp() * 1000)
    sink.insert_progress([Progress(epoch=1, part=0, next=7, clock_ms=clock, registry_version="")])
    RequestKeeper(fresh).keep_all()
    overdue.look()
    assert [shown("pulse_requests_due", street) for street in ("s1", "s2")] == [2, 1]
    assert [shown("pulse_requests_overdue", street) for street in ("s1", "s2")] == [1, 1]
    store(sink, [fact(7, request_id="r4", path=S2, kind=Kind.CLOSED, at=NOON + 4 * HOUR)])
    RequestKeeper(fresh).keep_all()
    overdue.look()
    assert [shown("pulse_requests_overdue", street) for street in ("s1", "s2")] == [1, None]
