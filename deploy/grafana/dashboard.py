"""Dashboards, and the JSON that Grafana (11 and newer) reads them as. Pure.

A row of panels fills the width; panels of a row share it evenly.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

WIDTH: Final = 24
"""Units of Grafana's grid."""
SCHEMA: Final = 39


class Source(StrEnum):
    """Where a panel's figures come from: the uid in provisioning/datasources."""

    PROMETHEUS = "pulse-prometheus"
    CLICKHOUSE = "pulse-clickhouse"


PLUGINS: Final = {Source.PROMETHEUS: "prometheus", Source.CLICKHOUSE: "grafana-clickhouse-datasource"}


class Kind(StrEnum):
    """How a panel shows them: Grafana's name of it."""

    STAT = "stat"
    LINES = "timeseries"
    BARS = "barchart"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a panel: PromQL or SQL."""

    text: str
    legend: str = ""
    """Of PromQL: how a series is called, e.g. `{{table}}`."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel."""

    title: str
    kind: Kind
    source: Source
    queries: tuple[Query, ...]
    unit: str = "short"
    """Grafana's id of the unit, e.g. s, reqps, bytes, percentunit."""
    worry: float | None = None
    """From where on it is shown in red."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels side by side, under a title."""

    title: str
    height: int
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One page."""

    uid: str
    title: str
    rows: tuple[Row, ...]
    since: str
    refresh: str

    def panels(self) -> Iterator[Panel]:
        """Yield all panels."""
        for row in self.rows:
            yield from row.panels


def lines(title: str, *queries: tuple[str, str], unit: str = "short", hint: str = "") -> Panel:
    """Return curves of PromQL, each with its legend."""
    return Panel(
        title, Kind.LINES, Source.PROMETHEUS, tuple(Query(*each) for each in queries), unit, hint=hint
    )


def stat(title: str, query: str, *, unit: str = "short", worry: float | None = None, hint: str = "") -> Panel:
    """Return one figure of PromQL."""
    return Panel(title, Kind.STAT, Source.PROMETHEUS, (Query(query),), unit, worry, hint)


def of_tables(title: str, kind: Kind, query: str, *, unit: str = "short", hint: str = "") -> Panel:
    """Return a panel of one SQL query; curves need a column `time`."""
    return Panel(title, kind, Source.CLICKHOUSE, (Query(query.strip()),), unit, hint=hint)


def as_json(dashboard: Dashboard) -> str:
    """Return a dashboard as Grafana's provisioning reads it."""
    tree = {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["estate-pulse"],
        "timezone": "browser",
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": False,
        "time": {"from": dashboard.since, "to": "now"},
        "refresh": dashboard.refresh,
        "links": [
            {"title": "estate-pulse", "type": "dashboards", "tags": ["estate-pulse"], "asDropdown": False}
        ],
        "panels": list(_panels(dashboard.rows)),
    }
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


def _panels(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    top, number = 0, 0
    for row in rows:
        number += 1
        place = {"x": 0, "y": top, "w": WIDTH, "h": 1}
        yield {
            "id": number,
            "type": "row",
            "title": row.title,
            "collapsed": False,
            "gridPos": place,
            "panels": [],
        }
        top += 1
        width = WIDTH // len(row.panels)
        for column, panel in enumerate(row.panels):
            number += 1
            yield _panel(panel, number, {"x": column * width, "y": top, "w": width, "h": row.height})
        top += row.height


def _panel(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.worry is not None:
        steps.append({"color": "red", "value": panel.worry})
    return {
        "id": number,
        "type": panel.kind.value,
        "title": panel.title,
        "description": panel.hint,
        "gridPos": place,
        "datasource": _datasource(panel.source),
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "targets": [_target(panel, query, chr(ord("A") + at)) for at, query in enumerate(panel.queries)],
    }


def _target(panel: Panel, query: Query, letter: str) -> dict[str, Any]:
    target = {"refId": letter, "datasource": _datasource(panel.source)}
    if panel.source is Source.PROMETHEUS:
        return target | {
            "expr": query.text,
            "legendFormat": query.legend,
            "instant": panel.kind is Kind.STAT,
            "range": panel.kind is not Kind.STAT,
        }
    has_time = panel.kind is Kind.LINES
    kind = {"queryType": "timeseries", "format": 0} if has_time else {"queryType": "table", "format": 1}
    return target | kind | {"editorType": "sql", "rawSql": query.text}


def _datasource(source: Source) -> dict[str, str]:
    return {"type": PLUGINS[source], "uid": source.value}
