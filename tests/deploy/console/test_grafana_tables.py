"""Every query of the dashboard on tables, as the user `bi` over the example district, has rows to show."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from clickhouse_driver import Client

from deploy.grafana.city import CITY
from deploy.grafana.dashboard import Kind, Panel
from deploy.local.clickhouse import ClickHouseServer
from sinks.ladder.actions import Actions
from sinks.ladder.rungs import Action, ActionKind
from tests.deploy.console.city import NOW, PINGSHAN, City
from tests.sinks.conftest import settings_for

pytestmark = pytest.mark.stack

TIME_FILTER = re.compile(r"\$__timeFilter\((\w+)\)")


@pytest.fixture(scope="module")
def district(database: ClickHouseServer, city: City) -> City:
    """The district with an open surge, one that was solved where it arose, and an overdue request."""
    estate, other = city.estates(PINGSHAN)[:2]
    city.surge(estate, "s-open")
    solved = city.surge(other, "s-solved").surge_id
    told = Action(solved, ActionKind.TELL.value, "ladder", "estate", "", None, NOW)
    resolved = told._replace(kind=ActionKind.RESOLVE.value, actor="wang", level="", reason="seen to")
    Actions(settings_for(database, "writer")).add([told, resolved._replace(at=NOW + dt.timedelta(minutes=5))])
    city.complain(estate, "还没有人来", at=NOW - dt.timedelta(days=9), due_at=NOW - dt.timedelta(days=2))
    return city


@pytest.fixture
def reader(database: ClickHouseServer) -> Iterator[Client]:
    address = database.address("bi")
    client = Client(address.host, port=address.port, user=address.user, password=address.password)
    yield client
    client.disconnect()


@pytest.mark.parametrize("panel", [*CITY.panels()], ids=lambda each: each.title)
def test_a_panel_has_rows(reader: Client, district: City, panel: Panel) -> None:
    del district
    for query in panel.queries:
        # What Grafana makes of it, for a range that holds all.
        sql = TIME_FILTER.sub(r"\1 BETWEEN toDateTime('2000-01-01') AND now()", query.text)
        assert "$" not in sql
        rows, columns = reader.execute(sql, with_column_types=True)
        assert rows
        names = [name for name, _ in columns]
        assert ("time" in names) is (panel.kind is Kind.LINES)
        if panel.kind is Kind.LINES:
            assert columns[names.index("time")][1].startswith("DateTime")
