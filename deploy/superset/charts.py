"""A chart as Superset's pages keep it (`params`), and as its API asks for it (`query_context`)."""

from __future__ import annotations

import json
from typing import Any, Final

from deploy.superset.model import ROW_LIMIT, Chart, Kind

ALL_TIME: Final = "No filter"
"""What the dashboard's range of time replaces."""


def params(chart: Chart) -> dict[str, Any]:
    """Return the controls of a chart as they are set on its page."""
    form: dict[str, Any] = {
        "viz_type": chart.kind.value,
        "adhoc_filters": _filters(chart),
        "row_limit": ROW_LIMIT,
    }
    if chart.kind is Kind.NUMBER:
        [metric] = chart.metrics
        return form | {"metric": metric, "y_axis_format": "SMART_NUMBER"}
    if chart.kind is Kind.TABLE:
        return form | _table(chart)
    return form | {
        "x_axis": chart.x,
        "time_grain_sqla": chart.grain,
        "metrics": [*chart.metrics],
        "groupby": [*chart.by],
        "order_desc": True,
        "show_legend": True,
        "rich_tooltip": True,
        "truncate_metric": True,
        "x_axis_sort_asc": True,
        "xAxisLabelRotation": 0 if chart.x == chart.dataset.time else 45,
        "y_axis_format": "SMART_NUMBER",
        "stack": "Stack" if chart.kind is Kind.BARS and chart.by else None,
    }


def query_context(chart: Chart, form: dict[str, Any]) -> dict[str, Any]:
    """Return the query of a chart whose `params` are `form`; the import puts in the number of its dataset."""
    columns: list[str | dict[str, str | None]] = [*chart.by]
    if chart.x is not None:
        columns.insert(0, _axis(chart.x, chart.grain))
    query = {
        "filters": [{"col": each, "op": "TEMPORAL_RANGE", "val": ALL_TIME} for each in _times(chart)],
        "extras": {"where": f"({chart.where})" if chart.where else "", "having": ""},
        "columns": columns,
        "metrics": [*chart.metrics] if chart.metrics else None,
        "orderby": [[name, ascends] for name, ascends in chart.order],
        "row_limit": ROW_LIMIT,
        "series_columns": [*chart.by] if chart.x is not None else [],
        "order_desc": True,
    }
    return {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "queries": [query],
        "form_data": form,
        "result_format": "json",
        "result_type": "full",
    }


def _table(chart: Chart) -> dict[str, Any]:
    formats = {
        column: {"d3NumberFormat": shown}
        for column, shown in chart.dataset.formats.items()
        if column in chart.by
    }
    form = {"show_cell_bars": False, "column_config": formats}
    if not chart.metrics:
        order = [json.dumps([name, ascends]) for name, ascends in chart.order]
        return form | {"query_mode": "raw", "all_columns": [*chart.by], "order_by_cols": order}
    # On its page such a table can be ordered by a metric alone, or by a reader's click.
    return form | {"query_mode": "aggregate", "groupby": [*chart.by], "metrics": [*chart.metrics]}


def _times(chart: Chart) -> list[str]:
    return [] if chart.dataset.time is None else [chart.dataset.time]


def _axis(column: str, grain: str | None) -> dict[str, str | None]:
    axis: dict[str, str | None] = {
        "columnType": "BASE_AXIS",
        "expressionType": "SQL",
        "label": column,
        "sqlExpression": column,
    }
    return axis if grain is None else axis | {"timeGrain": grain}


def _filters(chart: Chart) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = [
        {
            "clause": "WHERE",
            "expressionType": "SIMPLE",
            "subject": each,
            "operator": "TEMPORAL_RANGE",
            "comparator": ALL_TIME,
        }
        for each in _times(chart)
    ]
    if chart.where:
        filters.append({"clause": "WHERE", "expressionType": "SQL", "sqlExpression": chart.where})
    return filters
