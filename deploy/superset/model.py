"""What a dashboard consists of: datasets over views, their metrics, and charts of these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

WIDTH: Final = 12
"""Columns of Superset's grid."""
ROW_LIMIT: Final = 10_000
"""Of a chart: far below what ClickHouse lets a reader have, far above what a person reads."""


class Kind(Enum):
    """Superset's names of the kinds of charts that are used here."""

    NUMBER = "big_number_total"
    LINES = "echarts_timeseries_line"
    BARS = "echarts_timeseries_bar"
    TABLE = "table"


@dataclass(frozen=True)
class Metric:
    """An aggregate of a dataset, which every chart of it may show."""

    name: str
    expression: str
    label: str
    d3format: str | None = None
    """How numbers are shown, as d3-format has it; None: as Superset likes."""


@dataclass(frozen=True)
class Dataset:
    """A view of the database for BI, or a SELECT over such."""

    name: str
    """Of the view, where there is no `sql`."""
    description: str
    columns: dict[str, str]
    """Those that charts and filters need -> their type in ClickHouse."""
    metrics: tuple[Metric, ...]
    formats: dict[str, str] = field(default_factory=dict)
    """Of columns: how tables show their numbers, as d3-format has it."""
    time: str | None = None
    """The column that the dashboard's range of time applies to; None: it does not."""
    sql: str | None = None


@dataclass(frozen=True)
class Chart:
    """One query with its picture: of aggregates by columns, or, without metrics, of plain rows."""

    title: str
    kind: Kind
    dataset: Dataset
    metrics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    """Columns to group by; without metrics: the columns that are shown."""
    x: str | None = None
    """Of lines and bars: the column along the axis."""
    grain: str | None = None
    """ISO 8601 duration to which times along the axis are cut; None: as they are."""
    where: str | None = None
    order: tuple[tuple[str, bool], ...] = ()
    """(column or metric, whether it ascends)."""
    hint: str = ""


@dataclass(frozen=True)
class Row:
    """Charts side by side."""

    height: int
    """In units of 8 pixels."""
    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class Dashboard:
    """A page of rows."""

    slug: str
    title: str
    description: str
    rows: tuple[Row, ...]

    def charts(self) -> Iterator[Chart]:
        """Yield the charts as they are read."""
        for row in self.rows:
            yield from row.charts

    def datasets(self) -> dict[str, Dataset]:
        """Return the datasets of its charts by name."""
        return {chart.dataset.name: chart.dataset for chart in self.charts()}
