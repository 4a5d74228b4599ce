"""The queries that dashboards ask: the examples', the Grafana page's and the console's, as they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final

from deploy.console.database import statement
from deploy.grafana.city import CITY
from sinks.settings import SinksSettings
from sinks.statements import resolve

TIME_FILTER: Final = "$__timeFilter("
DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """A named query, who asks it, and the values of its parameters."""

    name: str
    user: str
    text: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """What the console's pages are about: the end of the data, and units that are neither large nor small."""

    now: dt.datetime
    estate: str
    street: str
    request: str


def questions(settings: SinksSettings, place: Place) -> list[Question]:
    """Return all that is asked."""
    return [*_of_examples(settings), *_of_grafana(place), *_of_console(settings, place)]


def _of_examples(settings: SinksSettings) -> Iterator[Question]:
    folder = files("deploy").joinpath("clickhouse", "examples")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".sql"):
            yield Question(
                f"example: {file.name.removesuffix('.sql')}", "bi", resolve(file.read_text(), settings)
            )


def _of_grafana(place: Place) -> Iterator[Question]:
    since = f"parseDateTimeBestEffort('{place.now - 30 * DAY:%Y-%m-%d %H:%M:%S}') <= ("
    for row in CITY.rows:
        for panel in row.panels:
            for query in panel.queries:
                yield Question(f"Grafana: {panel.title}", "bi", query.text.replace(TIME_FILTER, since))


def _of_console(settings: SinksSettings, place: Place) -> Iterator[Question]:
    now, year, month = place.now, place.now - 365 * DAY, place.now - 30 * DAY
    of_estate = {"level": "estate", "id": place.estate}
    of_street = {"level": "street", "id": place.street}
    everywhere = {"scope": "", "within": ""}
    within = {"scope": "", "within": f"street:{place.street}"}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("unit_counts", "estate, days of a year", {**of_estate, "grain": "day", "start": year, "end": now}),
        (
            "unit_counts",
            "street, hours of a week",
            {**of_street, "grain": "hour", "start": now - 7 * DAY, "end": now},
        ),
        (
            "unit_counts",
            "estate, minutes of a day",
            {**of_estate, "grain": "minute", "start": now - DAY, "end": now},
        ),
        ("unit_categories", "street", {**of_street, "before": month - 30 * DAY, "start": month, "end": now}),
        ("unit_surges", "street", {**of_street, **everywhere, "start": year, "end": now}),
        ("unit_requests", "street", {**within, "start": year}),
        ("unit_overdue", "street", {**within, "rows": 50}),
        ("find_requests", "by number", {**everywhere, "request": place.request, "rows": 50}),
        ("live_today", "", {"now": now}),
        (
            "live_feed",
            "last stored",
            {**everywhere, "start": now - DAY, "since": dt.datetime.now(dt.UTC), "rows": 60},
        ),
        ("live_baseline", "", {"now": now}),
        ("live_hours", "", {"now": now}),
        ("live_first", "", {}),
        ("live_parts", "", {}),
        ("live_surges", "", {"rows": 500}),
        ("review_names", "", {**everywhere, "start": month, "rows": 100}),
        ("review_tags", "", {**everywhere, "start": month, "rows": 100}),
    ]
    for name, what, values in asked:
        title = f"console: {name}, {what}" if what else f"console: {name}"
        yield Question(title, "console", statement(name, settings), values)
