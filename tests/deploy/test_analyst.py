"""An analyst of a street reads what lies in it, by every view, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

from deploy.analysts import LEVELS, PLACED_VIEWS, filters, password_variable, users_file
from deploy.cli import pulse
from deploy.local.clickhouse import prepare_clickhouse
from deploy.local.ports import free_ports
from deploy.local.program import running
from sinks.contract import BI_UNITS, BI_VIEWS
from sinks.migrate import Migrator
from sinks.requests import RequestKeeper
from sinks.sink import ClickHouseSink
from sinks.units import store_units
from streams.contract import Level, Progress
from streams.contract import Path as UnitPath
from streams.estates.registry import Area, Estate, Registry
from tests.sinks.alerts.surges import surge
from tests.sinks.conftest import settings_for
from tests.sinks.made import NOON, fact, store

ANALYST, STREET = "pingshan", "s'1"
AREAS = [
    Area("city", Level.CITY, "深圳"),
    Area("d1", Level.DISTRICT, "坪山", "city"),
    Area(STREET, Level.STREET, "坑梓", "d1"),
    Area("s2", Level.STREET, "石井", "d1"),
]
ESTATES = [Estate("e1", "甲苑", STREET), Estate("e2", "乙苑", "s2")]


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Client]]:
    """Connections of the analyst and of `bi`, who sees all."""
    server = prepare_clickhouse(tmp_path_factory.mktemp("analyst"), *free_ports(2))
    server = replace(
        server,
        passwords={**server.passwords, ANALYST: "secret"},
        variables={**server.variables, ANALYST: password_variable(ANALYST)},
    )
    (server.directory / "users.d" / "analyst.xml").write_text(users_file(ANALYST, Level.STREET, STREET))
    with running(server.program()):
        settings = settings_for(server, "writer")
        Migrator(settings).migrate()
        store_units(Registry(ESTATES, AREAS), settings)
        sink = ClickHouseSink(settings)
        paths = [UnitPath(each.id, "", each.parent, "d1", "city") for each in ESTATES]
        store(sink, [fact(number, path=path) for number, path in enumerate(paths)])
        sink.insert_progress([Progress(epoch=1, part=0, next=9, clock_ms=0, registry_version="v")])
        midnight = int(NOON.timestamp()) - 12 * 3600
        RequestKeeper(settings).keep_all()
        sink.recount_days(1, 0, 9, [midnight])
        sink.insert_surges([surge(surge_id=path.estate, unit=path.estate, path=path) for path in paths])
        clients = {
            name: Client("127.0.0.1", port=server.port, user=name, password=server.passwords[name])
            for name in (ANALYST, "bi")
        }
        yield clients
        for client in clients.values():
            client.disconnect()


@pytest.fixture
def analyst(readers: dict[str, Client]) -> Client:
    return readers[ANALYST]


def rows(analyst: Client, view: str, columns: str) -> set[Any]:
    return set(analyst.execute(f"SELECT {columns} FROM bi.{view}"))


@pytest.mark.stack
@pytest.mark.parametrize("view", PLACED_VIEWS)
def test_a_view_shows_the_street_alone(readers: dict[str, Client], view: str) -> None:
    assert rows(readers[ANALYST], view, "street_id, estate_id") == {(STREET, "e1")}
    assert rows(readers["bi"], view, "street_id, estate_id") == {(STREET, "e1"), ("s2", "e2")}


@pytest.mark.stack
def test_so_do_units_and_counts(analyst: Client) -> None:
    assert rows(analyst, BI_UNITS, "id") == {(STREET,), ("e1",)}
    assert rows(analyst, "unit_counts", "level, unit") == {("street", STREET), ("estate", "e1")}


@pytest.mark.stack
@pytest.mark.parametrize(
    "way_out",
    [
        "SELECT count() FROM pulse.complaints",
        "SELECT * FROM bi.district_figures",
        "SELECT * FROM bi.request_outcomes_at(as_of = now64(3))",
        "SELECT * FROM merge('pulse', 'complaints')",
        "CREATE ROW POLICY mine ON bi.complaints USING 1 TO pingshan",
    ],
)
def test_an_analyst_does_not_get_out(analyst: Client, way_out: str) -> None:
    with pytest.raises(ServerException):
        analyst.execute(way_out)


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_filters_views_that_exist(level: Level) -> None:
    found = filters(level, "x")
    assert found.keys() <= {*BI_VIEWS}
    assert all("'x'" in condition for condition in found.values())


def test_the_command_prints_the_file(tmp_path: Path) -> None:
    done = CliRunner().invoke(pulse, ["analyst", ANALYST, "--scope", "estate:<a&b>"])
    file = tmp_path / "analyst.xml"
    file.write_text(done.stdout)
    user = ET.parse(file).getroot().find(f"users/{ANALYST}")  # noqa: S314 - our own
    assert user is not None
    assert user.findtext("databases/bi/complaints/filter") == "estate_id = '<a&b>'"
    assert password_variable(ANALYST) in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("Pingshan", "street:s1"), ("a b", "street:s1"), ("a", "street:"), ("a", "city:c"), ("a", "s1")],
)
def test_bad_names_and_scopes_are_bad_usage(arguments: tuple[str, str]) -> None:
    name, scope = arguments
    assert CliRunner().invoke(pulse, ["analyst", name, "--scope", scope]).exit_code == 2
