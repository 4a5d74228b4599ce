"""Datasets over the views of the database `bi`, and their metrics: docs/tables.md says what columns mean."""

from __future__ import annotations

from typing import Final

from deploy.superset.model import Dataset, Metric
from sinks.contract import (
    BI_COMPANY_YEARS,
    BI_COMPLAINTS,
    BI_DATA_QUALITY,
    BI_DATABASE,
    BI_FRESHNESS,
    BI_REQUEST_OUTCOMES,
    BI_REQUESTS,
    BI_SURGES,
    BI_UNIT_COUNTS,
    BI_UNITS,
)

SHARE: Final = ".1%"
_WITH_STREETS: Final = f"""
SELECT outcome.opened_date AS opened_date, outcome.year AS year, street.name AS street,
    outcome.estate AS estate, outcome.property_company AS property_company,
    outcome.problem_type AS problem_type, outcome.is_company_matter AS is_company_matter,
    outcome.is_answered AS is_answered, outcome.is_solved AS is_solved, outcome.is_satisfied AS is_satisfied
FROM {BI_DATABASE}.{BI_REQUEST_OUTCOMES} AS outcome
LEFT JOIN (SELECT id, name FROM {BI_DATABASE}.{BI_UNITS} WHERE level = 'street') AS street
    ON street.id = outcome.street_id
""".strip()  # noqa: S608 - of constants

COMPLAINTS: Final = Dataset(
    BI_COMPLAINTS,
    "One row an event. For counts by day and unit, unit_counts is quicker.",
    {
        "local_date": "Date",
        "local_hour": "UInt8",
        "kind": "String",
        "source": "String",
        "channel": "String",
        "problem_type": "String",
        "district": "String",
        "street": "String",
        "community": "String",
        "estate": "String",
        "reporter_hash": "UInt64",
    },
    (
        Metric("complaints", "countIf(kind = 'opened')", "Complaints"),
        Metric("reporters", "uniqExactIf(reporter_hash, kind = 'opened')", "Distinct reporters"),
    ),
    time="local_date",
)

UNIT_COUNTS: Final = Dataset(
    BI_UNIT_COUNTS,
    "Counts by unit and bucket. Filter by one level and one grain: each holds all complaints.",
    {
        "local_date": "Date",
        "level": "String",
        "grain": "String",
        "unit": "String",
        "name": "String",
        "opened": "UInt64",
        "petitioned": "UInt64",
        "closed": "UInt64",
        "reopened": "UInt64",
    },
    (
        Metric("complaints", "sum(opened)", "Complaints"),
        Metric("petitions", "sum(petitioned)", "Petitions"),
        Metric("closings", "sum(closed)", "Closings"),
    ),
    time="local_date",
)

REQUESTS: Final = Dataset(
    BI_REQUESTS,
    "One row a request: its latest state, and how long its steps took.",
    {
        "opened_date": "Nullable(Date)",
        "is_open": "Bool",
        "is_overdue": "Bool",
        "petitioned": "Bool",
        "reopened": "UInt64",
        "department": "String",
        "problem_type": "String",
        "estate": "String",
        "seconds_to_close": "Nullable(Int64)",
    },
    (
        Metric("requests", "count()", "Requests"),
        Metric("requests_open", "countIf(is_open)", "Open"),
        Metric("requests_overdue", "countIf(is_open AND is_overdue)", "Open and overdue"),
        Metric("days_to_close_median", "quantileExact(0.5)(seconds_to_close) / 86400", "Median", ".1f"),
        Metric(
            "days_to_close_slowest_tenth",
            "quantileExact(0.9)(seconds_to_close) / 86400",
            "Slowest tenth",
            ".1f",
        ),
    ),
    time="opened_date",
)

SURGES: Final = Dataset(
    BI_SURGES,
    "Episodes in which a unit has more complaints than its history explains.",
    {
        "opened_date": "Date",
        "opened_at": "DateTime64(3, 'UTC')",
        "cleared_at": "Nullable(DateTime64(3, 'UTC'))",
        "is_open": "Bool",
        "level": "String",
        "name": "String",
        "category": "String",
        "observed": "UInt32",
        "expected": "Float64",
        "score": "Float64",
        "reporters": "UInt32",
    },
    (
        Metric("surges", "count()", "Surges"),
        Metric("surges_open", "countIf(is_open)", "Going on"),
        Metric("gravest", "max(score)", "Gravest"),
    ),
    time="opened_date",
)

OUTCOMES: Final = Dataset(
    "request_outcomes_named",
    "What became of each request about an estate that is lived in, with the name of its street.",
    {
        "opened_date": "Date",
        "year": "UInt16",
        "street": "String",
        "estate": "String",
        "property_company": "String",
        "problem_type": "String",
        "is_company_matter": "Bool",
        "is_answered": "Nullable(Bool)",
        "is_solved": "Nullable(Bool)",
        "is_satisfied": "Nullable(UInt8)",
    },
    (
        Metric("requests", "count()", "Requests"),
        Metric("response_rate", "avg(is_answered)", "Response rate", SHARE),
        Metric("solution_rate", "avg(is_solved)", "Solution rate", SHARE),
        Metric("satisfaction_rate", "avg(is_satisfied)", "Satisfaction rate", SHARE),
    ),
    time="opened_date",
    sql=_WITH_STREETS,
)

COMPANY_YEARS: Final = Dataset(
    BI_COMPANY_YEARS,
    "Complaints, three rates and points of each property-service company and year.",
    {
        "year": "UInt16",
        "property_company": "String",
        "estates": "UInt64",
        "households": "UInt64",
        "company_matters": "UInt64",
        "points_per_1000": "Nullable(Float64)",
        "response_rate": "Nullable(Float64)",
        "solution_rate": "Nullable(Float64)",
        "satisfaction_rate": "Nullable(Float64)",
    },
    (
        Metric(
            "points_for_1000_households",
            "1000 * sum(points) / sum(households)",
            "Points for 1,000 households",
        ),
    ),
    formats={
        "points_per_1000": ".1f",
        "response_rate": SHARE,
        "solution_rate": SHARE,
        "satisfaction_rate": SHARE,
    },
)

DATA_QUALITY: Final = Dataset(
    BI_DATA_QUALITY,
    "How good the data of each source are, day by day.",
    {
        "local_date": "Date",
        "source": "String",
        "events": "UInt64",
        "opened": "UInt64",
        "unplaced": "UInt64",
        "late": "UInt64",
        "rejected": "UInt64",
    },
    (
        Metric("events", "sum(events)", "Events"),
        Metric("unplaced", "sum(unplaced)", "Name no estate"),
        Metric("late", "sum(late)", "Came late"),
        Metric("rejected", "sum(rejected)", "Rejected"),
    ),
    time="local_date",
)

FRESHNESS: Final = Dataset(
    BI_FRESHNESS,
    "Up to where the facts of each part are stored, and when that was.",
    {
        "part": "UInt16",
        "clock": "DateTime64(3, 'UTC')",
        "stored_at": "DateTime64(3, 'UTC')",
        "seconds_since_stored": "Int64",
    },
    (Metric("furthest_behind", "max(seconds_since_stored)", "Furthest behind, seconds"),),
)
