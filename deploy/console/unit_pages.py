"""The page of a unit: the same for an estate and for all areas above it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from starlette.requests import Request

from deploy.console.charts import Chart, Span, draw
from deploy.console.expectation import heat
from deploy.console.people import Person, Scope
from deploy.console.rows import (
    AreaRow,
    CategoryRow,
    CountRow,
    EstateRow,
    KeptRow,
    OpenRequestRow,
    RequestsRow,
    SpanRow,
    SurgeRow,
    UnitRow,
)
from deploy.console.series import DAY, Grain, Series
from deploy.console.site import Context, Site, View, not_found
from deploy.console.surge_pages import FIRST_DATE, LAST_DATE
from streams.contract import Level

SURGE_ROWS: Final = 20
INSIDE_ROWS: Final = 200
CATEGORY_DAYS: Final = 30
REQUEST_ROWS: Final = 50
YEAR: Final = dt.timedelta(days=365)


async def gather(site: Site, request: Request, person: Person) -> Context:
    """Return a unit's figures, surges and attributes."""
    unit = find(site, request, person)
    asked = request.query_params.get("grain", "")
    grain = Grain(asked) if asked in set(Grain) else Grain.DAY
    figures = site.board.figures((unit.level, unit.id))
    return {
        "unit": unit,
        "above": site.board.units.above(unit, person.scope),
        "figures": figures,
        "heat": heat(figures.today, figures.expected_today),
        "grain": grain,
        "grains": [*Grain],
        "chart": await _chart(site, unit, grain, person),
        "categories": await _categories(site, unit),
        "surges": await _surges(site, unit, person),
        "inside": _inside(site, unit),
        "estate": await _attributes(site, unit, person),
        "area": await _area(site, unit, person),
    }


async def gather_requests(site: Site, request: Request, person: Person) -> Context:
    """Return how a unit's requests stand: apart from its page, since it reads all of their history."""
    unit = find(site, request, person)
    within = Scope(Level(unit.level), unit.id)
    start = site.board.now - YEAR
    stand = await site.database.rows("unit_requests", RequestsRow, person.scope, within, start=start)
    kept = await site.database.rows("unit_kept", KeptRow, person.scope, within, start=start)
    listed = await site.database.rows("unit_overdue", OpenRequestRow, person.scope, within, rows=REQUEST_ROWS)
    return {"unit": unit, "stand": stand[0], "kept": kept[0], "listed": listed, "rows": REQUEST_ROWS}


def find(site: Site, request: Request, person: Person) -> UnitRow:
    """Return the unit that a link names.

    Raises:
        HTTPException: 404, where the registry lacks it, or it lies outside of the person's scope.
    """
    unit = site.board.units.find(request.path_params["level"], request.path_params["unit"], person.scope)
    if unit is None:
        raise not_found()
    return unit


async def _chart(site: Site, unit: UnitRow, grain: Grain, person: Person) -> Chart:
    now = site.board.now
    series = Series(site.zone, site.board.expectation.first_day)
    start, end = series.reach(grain, now)
    rows = await site.database.rows(
        "unit_counts",
        CountRow,
        level=unit.level,
        id=unit.id,
        grain=grain.counted_by,
        start=start,
        end=end,
    )
    buckets = series.buckets(grain, rows, now)
    spans = await site.database.rows(
        "unit_surges",
        SpanRow,
        person.scope,
        level=unit.level,
        id=unit.id,
        start=buckets[0].start,
        end=end,
    )
    shaded = [Span(row.opened_at, row.cleared_at or now, f"{row.score:.1f}") for row in spans]
    return draw(buckets, shaded)


async def _categories(site: Site, unit: UnitRow) -> list[CategoryRow]:
    end = site.board.now.replace(microsecond=0)
    start = end - CATEGORY_DAYS * DAY
    return await site.database.rows(
        "unit_categories",
        CategoryRow,
        level=unit.level,
        id=unit.id,
        start=start,
        before=start - CATEGORY_DAYS * DAY,
        end=end,
    )


async def _surges(site: Site, unit: UnitRow, person: Person) -> list[SurgeRow]:
    return await site.database.rows(
        "surges",
        SurgeRow,
        person.scope,
        state="",
        level="",
        category="",
        words="",
        unit=f"{unit.level}:{unit.id}",
        first=FIRST_DATE,
        last=LAST_DATE,
        rows=SURGE_ROWS,
    )


def _inside(site: Site, unit: UnitRow) -> list[tuple[UnitRow, int, float, str]]:
    """Return the units right below one: today's complaints, what was expected, how they compare."""
    listed = []
    for row in site.board.units.inside(unit):
        figures = site.board.figures((row.level, row.id))
        compared = heat(figures.today, figures.expected_today)
        listed.append((row, figures.today, figures.expected_today, compared.value))
    return sorted(listed, key=lambda each: (-each[1], each[0].name))[:INSIDE_ROWS]


async def _attributes(site: Site, unit: UnitRow, person: Person) -> EstateRow | None:
    if unit.level != Level.ESTATE:
        return None
    rows = await site.database.rows("estate", EstateRow, person.scope, id=unit.id)
    return rows[0] if rows else None


async def _area(site: Site, unit: UnitRow, person: Person) -> AreaRow | None:
    if unit.level == Level.ESTATE:
        return None
    within = Scope(Level(unit.level), unit.id)
    return (await site.database.rows("area", AreaRow, person.scope, within))[0]


VIEW: Final = View("/units/{level}/{unit:path}", "unit.html", gather)
REQUESTS: Final = View("/units/{level}/{unit:path}/requests", "requests.html", gather_requests)
