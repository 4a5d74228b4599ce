"""The dashboards' benchmark in small: it runs, and fills in what the platform would have stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clickhouse_driver import Client

from deploy.local.clickhouse import ClickHouseServer
from sinks.clickhouse import ClickHouse
from sinks.requests import RequestKeeper
from tests.bench.dashboards.filling import Size, leave_tickets
from tests.bench.dashboards.run import answers, filled_server
from tests.sinks.conftest import settings_for
from tests.sinks.from_facts import from_facts

pytestmark = pytest.mark.stack

SMALL = Size(facts=20_000, estates=700, days=45)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    """A server of its own: questions name the databases, and all facts count."""
    with filled_server(tmp_path_factory.mktemp("dashboards"), SMALL, print) as filled:
        yield filled


@pytest.fixture
def reader(server: ClickHouseServer) -> Iterator[Client]:
    address = server.address("bi")
    client = Client(address.host, port=address.port, user=address.user, password=address.password)
    yield client
    client.disconnect()


def test_every_question_is_answered(server: ClickHouseServer) -> None:
    found = list(answers(server, SMALL, print, runs=1))
    assert {each.name: each.failure for each in found if each.failure} == {}
    assert all(each.rows_read and each.bytes_read for each in found)
    with_rows = [each for each in found if each.rows]
    assert len(with_rows) > len(found) * 0.8


@pytest.mark.parametrize(
    ("of_counts", "of_facts"),
    [
        (
            "SELECT local_hour, toDayOfWeek(local_date) AS weekday, sum(opened) FROM bi.unit_counts"
            " WHERE level = 'city' AND grain = 'hour' GROUP BY ALL HAVING sum(opened) > 0 ORDER BY ALL",
            "SELECT local_hour, toDayOfWeek(local_date) AS weekday, count() FROM bi.complaints"
            " WHERE kind = 'opened' GROUP BY ALL ORDER BY ALL",
        ),
        (
            "SELECT name, problem_type, sum(opened_of_type) FROM bi.unit_counts"
            " ARRAY JOIN mapKeys(categories) AS problem_type, mapValues(categories) AS opened_of_type"
            " WHERE level = 'district' AND grain = 'day' GROUP BY ALL ORDER BY ALL",
            "SELECT district, problem_type, count() FROM bi.complaints"
            " WHERE kind = 'opened' AND district != '' GROUP BY ALL ORDER BY ALL",
        ),
        (
            "SELECT unit, local_date, opened, closed, reopened, petitioned, reporters FROM bi.unit_counts"
            " WHERE level = 'estate' AND grain = 'day' ORDER BY ALL",
            "SELECT estate_id, local_date, countIf(kind = 'opened'), countIf(kind = 'closed'),"
            " countIf(kind = 'reopened'), countIf(kind = 'petitioned'),"
            " uniqExactIf(reporter_hash, kind = 'opened') FROM bi.complaints"
            " WHERE kind IN ('opened', 'closed', 'reopened', 'petitioned') GROUP BY ALL ORDER BY ALL",
        ),
    ],
    ids=["hours of the day", "problem types by district", "estates by day"],
)
def test_counts_answer_as_facts_do(reader: Client, of_counts: str, of_facts: str) -> None:
    rows = reader.execute(of_counts)
    assert len(rows) > 10
    assert rows == reader.execute(of_facts)


def test_where_each_part_stands_is_its_last_mark(server: ClickHouseServer, reader: Client) -> None:
    address = server.address()
    admin = Client(address.host, port=address.port, user=address.user, password=address.password)
    marks = (
        "SELECT part, epoch, next, clock_ms, registry_version FROM pulse.progress FINAL"
        " ORDER BY epoch DESC, next DESC LIMIT 1 BY part"
    )
    # A later batch of an older incarnation, and a repeat: neither says more than what stands.
    admin.execute(
        "INSERT INTO pulse.progress (epoch, part, next, clock_ms, registry_version)"
        " SELECT epoch - 1, part, next + 10, clock_ms - 5, 'older' FROM pulse.progress WHERE part = 1 LIMIT 1"
    )
    admin.execute(
        "INSERT INTO pulse.progress (epoch, part, next, clock_ms, registry_version)"
        " SELECT epoch, part, next, clock_ms, registry_version FROM pulse.progress WHERE part = 2 LIMIT 9"
    )
    expected = sorted(admin.execute(marks))
    assert len(expected) == 8
    said = reader.execute(
        "SELECT part, epoch, next, toUnixTimestamp64Milli(clock), registry_version"
        " FROM bi.freshness ORDER BY part"
    )
    assert said == expected
    admin.disconnect()


@pytest.mark.parametrize(
    ("file", "view", "as_of"),
    [
        ("requests", "bi.requests", ""),
        ("request_outcomes", "bi.request_outcomes", "2299-12-31 00:00:00"),
        (
            "request_outcomes",
            "bi.request_outcomes_at(as_of = '2021-02-01 00:00:00')",
            "2021-02-01 00:00:00",
        ),
        ("surge_cases", "bi.surge_cases", ""),
    ],
)
def test_requests_stand_as_the_moments_and_positions_of_their_events_say(
    server: ClickHouseServer, file: str, view: str, as_of: str
) -> None:
    address = server.address()
    admin = Client(address.host, port=address.port, user=address.user, password=address.password)
    # Events at the very moment of others, of this incarnation of the topic and of a later one, say otherwise.
    for epoch in (1, 2):
        admin.execute(
            "INSERT INTO pulse.complaints (* EXCEPT (other_estate_ids, version, inserted_at, local_date))"
            " SELECT * EXCEPT (other_estate_ids, version, inserted_at, local_date)"
            f" REPLACE (concat(f.event_id, '{epoch}') AS event_id, {epoch} AS epoch, f.off + 1000000 AS off,"
            "  ['closed', 'reopened', 'opened', 'rated'][1 + f.off % 4] AS kind, 'elsewhere' AS status,"
            "  if(f.off % 2, 'elsewhere', f.estate_id) AS estate_id, f.weighed_at - 1000 AS due_at,"
            "  f.off % 3 / 2 AS satisfaction)"
            f" FROM pulse.complaints AS f WHERE f.off % 5 = {epoch} AND f.off < 1000000"
        )
    [(added,)] = admin.execute("SELECT uniqExact(epoch, event_id) FROM pulse.complaints WHERE off > 1000000")
    assert added > SMALL.facts / 4
    writer = settings_for(server, "writer")
    leave_tickets(ClickHouse(writer.clickhouse), writer, 0, SMALL.requests)
    RequestKeeper(writer).keep_all()
    by_tuples = from_facts(file, settings_for(server, "admin")).replace(
        "{as_of:DateTime64(3, 'UTC')}", f"toDateTime64('{as_of}', 3, 'UTC')"
    )
    said = admin.execute(f"SELECT * FROM {view} ORDER BY ALL")
    assert len(said) > (SMALL.requests / 2 if file != "surge_cases" else 10)
    assert said == admin.execute(f"SELECT * FROM ({by_tuples}) ORDER BY ALL")
    admin.disconnect()
