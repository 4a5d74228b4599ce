"""Superset's dashboard without Superset: its files, and its datasets and charts over a real ClickHouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clickhouse_driver import Client

from deploy.local.clickhouse import ClickHouseServer
from deploy.superset.city import CITY
from deploy.superset.export import export
from deploy.superset.model import WIDTH, Chart, Dataset
from sinks.contract import BI_DATABASE, BI_VIEWS
from tests.deploy.console.city import PINGSHAN, City
from tests.deploy.console.superset_server import kept

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


def test_the_files_are_what_the_code_says() -> None:
    assert kept() == export(CITY), "write them anew: python -m deploy.superset"


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


def _source(dataset: Dataset) -> str:
    return f"({dataset.sql})" if dataset.sql else f"{BI_DATABASE}.{dataset.name}"
