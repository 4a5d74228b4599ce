"""The city's page for a BI team: how many complaints, about what, and what became of them."""

from __future__ import annotations

from typing import Final

from deploy.superset.datasets import (
    COMPANY_YEARS,
    COMPLAINTS,
    DATA_QUALITY,
    FRESHNESS,
    OUTCOMES,
    REQUESTS,
    SURGES,
    UNIT_COUNTS,
)
from deploy.superset.model import Chart, Dashboard, Kind, Row

RATES: Final = ("response_rate", "solution_rate", "satisfaction_rate")

CITY: Final = Dashboard(
    slug="pulse-city",
    title="estate-pulse: city",
    description="Complaints about residential estates: how many, what about, what became of them.",
    rows=(
        Row(
            20,
            (
                Chart("Requests open", Kind.NUMBER, REQUESTS, ("requests_open",)),
                Chart("Requests open and overdue", Kind.NUMBER, REQUESTS, ("requests_overdue",)),
                Chart("Surges going on", Kind.NUMBER, SURGES, ("surges_open",)),
            ),
        ),
        Row(
            50,
            (
                Chart(
                    "Complaints by day and street",
                    Kind.LINES,
                    UNIT_COUNTS,
                    ("complaints",),
                    by=("name",),
                    x="local_date",
                    where="level = 'street' AND grain = 'day'",
                ),
                Chart(
                    "Problem types by district",
                    Kind.BARS,
                    COMPLAINTS,
                    ("complaints",),
                    by=("problem_type",),
                    x="district",
                    where="kind = 'opened' AND district != ''",
                ),
            ),
        ),
        Row(
            50,
            (
                Chart(
                    "Surges going on, the rarest first",
                    Kind.TABLE,
                    SURGES,
                    by=(
                        "name",
                        "level",
                        "category",
                        "opened_at",
                        "observed",
                        "expected",
                        "score",
                        "reporters",
                    ),
                    where="is_open",
                    order=(("score", False),),
                    hint="Score: log10 of the recurrence interval. 5 is once in 100,000 days of a unit.",
                ),
                Chart(
                    "Surges by month and level",
                    Kind.BARS,
                    SURGES,
                    ("surges",),
                    by=("level",),
                    x="opened_date",
                    grain="P1M",
                ),
            ),
        ),
        Row(
            50,
            (
                Chart(
                    "Three rates by street and year",
                    Kind.TABLE,
                    OUTCOMES,
                    ("requests", *RATES),
                    by=("year", "street"),
                    order=(("year", False), ("street", True)),
                    hint="三率. Each rate is of the requests for which it is decided.",
                ),
                Chart(
                    "Days until closed, by problem type",
                    Kind.BARS,
                    REQUESTS,
                    ("days_to_close_median", "days_to_close_slowest_tenth"),
                    x="problem_type",
                    where="seconds_to_close IS NOT NULL",
                ),
            ),
        ),
        Row(
            50,
            (
                Chart(
                    "Property-service companies, the most points first",
                    Kind.TABLE,
                    COMPANY_YEARS,
                    by=(
                        *("year", "property_company", "estates", "households", "company_matters"),
                        *("points_per_1000", *RATES),
                    ),
                    where="points_per_1000 IS NOT NULL",
                    order=(("year", False), ("points_per_1000", False)),
                    hint="Small companies swing widely: `pulse report` says which of them rank apart.",
                ),
            ),
        ),
        Row(
            40,
            (
                Chart(
                    "Quality of the data by day",
                    Kind.LINES,
                    DATA_QUALITY,
                    ("unplaced", "late", "rejected"),
                    x="local_date",
                ),
                Chart(
                    "Freshness of the tables",
                    Kind.TABLE,
                    FRESHNESS,
                    by=("part", "clock", "stored_at", "seconds_since_stored"),
                    order=(("seconds_since_stored", False),),
                ),
            ),
        ),
    ),
)
