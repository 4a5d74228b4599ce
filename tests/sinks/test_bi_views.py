"""What the views say of facts whose answer is known; as the reader, on the project's own databases."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from clickhouse_driver import Client

from deploy.local.clickhouse import ClickHouseServer
from producers.contract import Kind
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import CountFrame, Grain, Level, Path, Progress, Reason, Rejected, Tagged
from tests.counted import Measures, frame
from tests.sinks.made import NOON, fact, store

pytestmark = pytest.mark.stack

HOUR = dt.timedelta(hours=1)
Read = Callable[[str, dict[str, str]], list[tuple[Any, ...]]]


@pytest.fixture
def read(clickhouse_server: ClickHouseServer, standard: SinksSettings) -> Iterator[Read]:
    del standard
    address = clickhouse_server.address("bi")
    client = Client(
        address.host,
        port=address.port,
        user=address.user,
        password=address.password,
        settings={"server_side_params": True},
    )
    yield client.execute
    client.disconnect()


@pytest.fixture
def source() -> str:
    """A request system of this test alone: the databases are shared."""
    return f"source-{uuid.uuid4().hex[:8]}"


def story(source: str, number: int, *steps: tuple[Kind, float], **fields: Any) -> list[Tagged]:
    """One request's events; each step is (kind, hours after noon)."""
    return [
        fact(
            number * 100 + step,
            NOON + hours * HOUR,
            source=source,
            request_id=f"r{number}",
            event_id=f"{step}",
            kind=kind,
            **fields,
        )
        for step, (kind, hours) in enumerate(steps)
    ]


def test_a_requests_latest_state(read: Read, standard: SinksSettings, source: str) -> None:
    opened, closed, reopened = (Kind.OPENED, 0), (Kind.CLOSED, 5), (Kind.REOPENED, 6)
    due = NOON + 4 * HOUR
    rows = [
        *story(source, 1, opened, (Kind.ASSIGNED, 1), closed, (Kind.RATED, 9), due_at=due, satisfaction=0.5),
        *story(source, 2, opened, closed, reopened),
        *story(source, 3, opened, closed, reopened, (Kind.CLOSED, 7), due_at=NOON + 8 * HOUR),
        *story(source, 4, closed),
        *story(source, 5, opened, (Kind.PETITIONED, 2), due_at=due),
    ]
    sink = ClickHouseSink(standard)
    store(sink, rows[::-1])
    clock = int((NOON + 9 * HOUR).timestamp() * 1000)
    sink.insert_progress([Progress(epoch=1, part=9, next=1, clock_ms=clock, registry_version="")])
    RequestKeeper(standard).keep_all()
    query = (
        "SELECT request_id, is_open, closed_at, reopened, petitioned, is_overdue, seconds_to_assign, "
        "seconds_to_close, satisfaction, opened_date "
        "FROM bi.requests WHERE source = {source:String} ORDER BY request_id"
    )
    found = read(query, {"source": source})
    june = dt.date(2021, 6, 1)
    at = [NOON + hours * HOUR for hours in range(10)]
    assert found == [
        ("r1", False, at[5], 0, False, True, 3600, 5 * 3600, 0.5, june),
        ("r2", True, None, 1, False, False, None, None, None, june),
        ("r3", False, at[7], 1, False, False, None, 7 * 3600, None, june),
        ("r4", False, at[5], 0, False, False, None, None, None, None),
        ("r5", True, None, 0, True, True, None, None, None, june),
    ]


def test_counts_sum_over_parts_and_reporters_unite(read: Read, standard: SinksSettings) -> None:
    unit = f"e-{uuid.uuid4().hex[:8]}"
    few = [
        Measures(2, 1, 0, 0, {"noise": 2}, [1, 2]),
        Measures(3, 0, 1, 0, {"noise": 1, "parking": 2}, [2, 3]),
    ]
    ClickHouseSink(standard).insert_counts([_frame(unit, part, each) for part, each in enumerate(few)])
    query = (
        "SELECT opened, petitioned, closed, categories, reporters, reporters_are_exact, local_date "
        "FROM bi.unit_counts WHERE unit = {unit:String}"
    )
    assert read(query, {"unit": unit}) == [
        (5, 1, 1, {"noise": 3, "parking": 2}, 3, True, dt.date(2021, 6, 1))
    ]


def test_many_reporters_are_estimated_within_the_promised_error(read: Read, standard: SinksSettings) -> None:
    unit = f"e-{uuid.uuid4().hex[:8]}"
    truth = 4000
    hashes = sorted(fact_hash(number) for number in range(truth))
    halves = (hashes[: 256 * 2 : 2], hashes[1 : 256 * 2 : 2])
    frames = [_frame(unit, part, Measures(opened=2000, reporters=half)) for part, half in enumerate(halves)]
    ClickHouseSink(standard).insert_counts(frames)
    query = "SELECT reporters, reporters_are_exact FROM bi.unit_counts WHERE unit = {unit:String}"
    [(reporters, exact)] = read(query, {"unit": unit})
    assert not exact
    assert abs(reporters - truth) / truth < 3 * 0.063


def test_data_quality_counts_what_is_wrong(read: Read, standard: SinksSettings, source: str) -> None:
    sink = ClickHouseSink(standard)
    unplaced = Path("unplaced", city="city")
    store(
        sink,
        [
            fact(1, source=source, reporter="p"),
            fact(2, source=source, path=unplaced, tag=None),
            fact(3, source=source, path=Path("?某苑", city="city")),
            fact(4, source=source, weighed_at=NOON + 25 * HOUR, kind=Kind.CLOSED),
        ],
    )
    sink.insert_rejected(
        [
            Rejected(
                source=source,
                reason=Reason.NOT_JSON,
                detail="",
                epoch=900,
                part=0,
                offset=int(uuid.uuid4().int % 2**39),
                key=b"",
                value=b"",
                headers=(),
            )
        ]
    )
    query = (
        "SELECT sum(events), sum(opened), sum(unplaced), sum(not_in_registry), sum(without_reporter), "
        "sum(late), sum(rejected), sumMap(rejected_by_reason) "
        "FROM bi.data_quality WHERE source = {source:String}"
    )
    assert read(query, {"source": source}) == [(4, 3, 1, 1, 2, 1, 1, {"not_json": 1})]


def fact_hash(number: int) -> int:
    """A hash that is spread over 64 bits as reporters' are."""
    return (number * 0x9E3779B97F4A7C15 + 0x1234567) % 2**64


def _frame(unit: str, part: int, measures: Measures) -> CountFrame:
    return frame(part, 10, {(Level.ESTATE, unit, Grain.DAY, 1_622_476_800): measures})
