"""A dashboard in the files of Superset's export, which its import reads: YAML, tied together by UUIDs.

The UUIDs are made of names, so that a later import finds what an earlier one made. Each chart is written
twice, since Superset keeps both: as `params`, of which its pages make queries, and as `query_context`, the
query that its API and its reports run.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any, Final

import yaml

from deploy.superset.charts import params, query_context
from deploy.superset.model import WIDTH, Chart, Dashboard, Dataset
from sinks.contract import BI_DATABASE

VERSION: Final = "1.0.0"
"""Of the format."""
DATABASE: Final = "pulse"
ADDRESS: Final = f"clickhousedb://bi:XXXXXXXXXX@clickhouse:8123/{BI_DATABASE}"
"""As the user `bi`; Superset asks for the password where it reads these Xs."""
REFRESH_SECONDS: Final = 300
"""Of a page that stays open."""
_NAMES: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://estate-pulse.example/superset")


def export(dashboard: Dashboard) -> dict[str, str]:
    """Return the files of an export: path -> text."""
    files = {
        "metadata.yaml": {"version": VERSION, "type": "Dashboard", "timestamp": "2021-01-01T00:00:00+00:00"},
        f"databases/{DATABASE}.yaml": _database(),
        f"dashboards/{dashboard.slug}.yaml": _dashboard(dashboard),
    }
    for dataset in dashboard.datasets().values():
        files[f"datasets/{DATABASE}/{dataset.name}.yaml"] = _dataset(dataset)
    for chart in dashboard.charts():
        files[f"charts/{_slug(chart.title)}.yaml"] = _chart(chart)
    return {
        name: yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=110)
        for name, tree in files.items()
    }


def uuid_of(kind: str, name: str) -> str:
    """Return the UUID of a database, dataset, chart or dashboard of a name."""
    return str(uuid.uuid5(_NAMES, f"{kind}/{name}"))


def _slug(title: str) -> str:
    return "_".join("".join(each if each.isalnum() else " " for each in title.lower()).split())


def _database() -> dict[str, Any]:
    return {
        "database_name": "estate-pulse",
        "sqlalchemy_uri": ADDRESS,
        "cache_timeout": None,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": uuid_of("database", DATABASE),
        "version": VERSION,
    }


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "table_name": dataset.name,
        "main_dttm_col": dataset.time,
        "description": dataset.description,
        "schema": BI_DATABASE,
        "sql": dataset.sql,
        "filter_select_enabled": True,
        "uuid": uuid_of("dataset", dataset.name),
        "database_uuid": uuid_of("database", DATABASE),
        "metrics": [
            {
                "metric_name": metric.name,
                "verbose_name": metric.label,
                "expression": metric.expression,
                "d3format": metric.d3format,
            }
            for metric in dataset.metrics
        ],
        "columns": [
            {
                "column_name": name,
                "verbose_name": name.replace("_", " ").capitalize(),
                "type": kind,
                "is_dttm": "Date" in kind,
                "is_active": True,
                "groupby": True,
                "filterable": True,
            }
            for name, kind in dataset.columns.items()
        ],
        "version": VERSION,
    }


def _chart(chart: Chart) -> dict[str, Any]:
    form = params(chart)
    return {
        "slice_name": chart.title,
        "description": chart.hint or None,
        "viz_type": chart.kind.value,
        "params": form,
        "query_context": json.dumps(query_context(chart, form)),
        "cache_timeout": None,
        "uuid": uuid_of("chart", chart.title),
        "dataset_uuid": uuid_of("dataset", chart.dataset.name),
        "version": VERSION,
    }


def _dashboard(dashboard: Dashboard) -> dict[str, Any]:
    return {
        "dashboard_title": dashboard.title,
        "description": dashboard.description,
        "css": "",
        "slug": dashboard.slug,
        "published": True,
        "uuid": uuid_of("dashboard", dashboard.slug),
        "position": dict(_position(dashboard)),
        "metadata": {
            "color_scheme": "supersetColors",
            "cross_filters_enabled": True,
            "refresh_frequency": REFRESH_SECONDS,
            "native_filter_configuration": [_time_filter()],
        },
        "version": VERSION,
    }


def _position(dashboard: Dashboard) -> Iterator[tuple[str, Any]]:
    """Yield the tree of the layout as Superset keeps it: every node by its id, with its children's."""
    yield "DASHBOARD_VERSION_KEY", "v2"
    yield "ROOT_ID", {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]}
    yield "HEADER_ID", {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": dashboard.title}}
    rows = [f"ROW-{at}" for at in range(len(dashboard.rows))]
    yield "GRID_ID", {"type": "GRID", "id": "GRID_ID", "parents": ["ROOT_ID"], "children": rows}
    number = 0
    for name, row in zip(rows, dashboard.rows, strict=True):
        places = [f"CHART-{number + at}" for at in range(len(row.charts))]
        yield (
            name,
            {
                "type": "ROW",
                "id": name,
                "parents": ["ROOT_ID", "GRID_ID"],
                "children": places,
                "meta": {"background": "BACKGROUND_TRANSPARENT"},
            },
        )
        for place, chart in zip(places, row.charts, strict=True):
            number += 1
            meta = {
                "chartId": number,  # stands for the id that the import gives it, which it finds by the UUID
                "uuid": uuid_of("chart", chart.title),
                "sliceName": chart.title,
                "width": WIDTH // len(row.charts),
                "height": row.height,
            }
            parents = ["ROOT_ID", "GRID_ID", name]
            yield place, {"type": "CHART", "id": place, "parents": parents, "children": [], "meta": meta}


def _time_filter() -> dict[str, Any]:
    return {
        "id": "NATIVE_FILTER-time",
        "name": "Time",
        "description": "Days in the platform's zone. No filter: all of history.",
        "type": "NATIVE_FILTER",
        "filterType": "filter_time",
        "targets": [{}],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
        "cascadeParentIds": [],
        "controlValues": {"enableEmptyFilter": False},
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
    }
