"""Superset's dashboard: its files, its datasets over a real ClickHouse, and all of it in a real Superset."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_driver import Client
from sqlalchemy.engine import make_url

from deploy.local.clickhouse import ClickHouseServer
from deploy.superset.city import CITY
from deploy.superset.export import ADDRESS, export
from deploy.superset.model import WIDTH, Chart, Dataset
from sinks.contract import BI_DATABASE, BI_VIEWS
from tests.deploy.console.city import KENGZI, PINGSHAN, City
from tests.deploy.console.superset_server import Superset, superset

KEPT = Path(__file__).parents[3] / "deploy" / "superset" / "pulse"
DATASETS = [*CITY.datasets().values()]
CHARTS = [*CITY.charts()]


@pytest.fixture(scope="module")
def district(database: ClickHouseServer, city: City) -> City:
    """The district with a surge that goes on."""
    del database
    city.surge(city.estates(PINGSHAN)[0], "s-superset")
    return city


@pytest.fixture(scope="module")
def reader(database: ClickHouseServer) -> Iterator[Client]:
    address = database.address("bi")
    client = Client(address.host, port=address.port, user=address.user, password=address.password)
    yield client
    client.disconnect()


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, database: ClickHouseServer, district: City
) -> Iterator[Superset]:
    """A Superset that has imported what is kept, with the address of this ClickHouse in it."""
    del district
    files = {str(each.relative_to(KEPT)): each.read_text() for each in KEPT.rglob("*.yaml")}
    there = database.address("bi")
    mine = make_url(ADDRESS).set(host=there.host, port=there.http_port)
    name = "databases/pulse.yaml"
    assert ADDRESS in files[name]
    files[name] = files[name].replace(ADDRESS, mine.render_as_string(hide_password=False))
    with superset(tmp_path_factory.mktemp("superset")) as session:
        session.import_dashboard(files, json.dumps({name: there.password}))
        yield session


def test_the_files_are_what_the_code_says() -> None:
    kept = {str(each.relative_to(KEPT)): each.read_text() for each in KEPT.rglob("*.yaml")}
    assert kept == export(CITY), "write them anew: python -m deploy.superset"


def test_charts_have_titles_of_their_own_and_fit_side_by_side() -> None:
    assert len({chart.title for chart in CHARTS}) == len(CHARTS)
    assert all(WIDTH % len(row.charts) == 0 for row in CITY.rows)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda each: each.title)
def test_a_chart_asks_for_what_its_dataset_has(chart: Chart) -> None:
    metrics = {metric.name for metric in chart.dataset.metrics}
    assert {*chart.metrics} <= metrics
    columns = {*chart.by, *([chart.x] if chart.x else [])}
    assert columns <= {*chart.dataset.columns}
    assert {name for name, _ in chart.order} <= metrics | columns


@pytest.mark.stack
@pytest.mark.parametrize("dataset", DATASETS, ids=lambda each: each.name)
def test_a_dataset_names_columns_that_are_there(reader: Client, dataset: Dataset) -> None:
    assert dataset.sql or dataset.name in BI_VIEWS
    there = {name: kind for name, kind, *_ in reader.execute(f"DESCRIBE TABLE {_source(dataset)}")}
    assert dataset.columns == {name: there.get(name) for name in dataset.columns}
    assert dataset.time is None or dataset.time in dataset.columns


@pytest.mark.stack
@pytest.mark.parametrize("chart", CHARTS, ids=lambda each: each.title)
def test_what_a_chart_shows_has_rows(reader: Client, district: City, chart: Chart) -> None:
    del district
    metrics = {metric.name: metric.expression for metric in chart.dataset.metrics}
    columns = ", ".join([*([chart.x] if chart.x else []), *chart.by])
    shown = ", ".join([*([columns] if columns else []), *(metrics[name] for name in chart.metrics)])
    grouped = f" GROUP BY {columns}" if chart.metrics and columns else ""
    where = f" WHERE {chart.where}" if chart.where else ""
    assert reader.execute(f"SELECT {shown} FROM {_source(chart.dataset)}{where}{grouped} LIMIT 10")


@pytest.mark.stack
def test_superset_shows_every_chart(server: Superset) -> None:
    assert {*server.charts(CITY.slug)} == {chart.title for chart in CHARTS}


@pytest.mark.stack
@pytest.mark.parametrize("chart", CHARTS, ids=lambda each: each.title)
def test_superset_gets_rows_for_every_chart(server: Superset, chart: Chart) -> None:
    rows = server.rows(server.charts(CITY.slug)[chart.title])
    assert rows
    asked = {*chart.by, *([chart.x] if chart.x else []), *chart.metrics}
    assert asked == {*rows[0]}


@pytest.mark.stack
def test_superset_shows_the_figures_that_the_district_has(server: Superset, district: City) -> None:
    rows = server.rows(server.charts(CITY.slug)["Complaints by day and street"])
    for street in (PINGSHAN, KENGZI):
        opened = {
            (each.source, each.request_id, each.event_id)
            for each in district.facts
            if each.kind == "opened" and each.path.street == street
        }
        assert sum(row["complaints"] for row in rows if row["name"] == district.name(street)) == len(opened)


def _source(dataset: Dataset) -> str:
    return f"({dataset.sql})" if dataset.sql else f"{BI_DATABASE}.{dataset.name}"
