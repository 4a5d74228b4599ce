"""The pages of surges: the list with its filters, and one surge with all that is known of it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Final

from starlette.requests import Request

from deploy.console.cases import CaseRow, case_of
from deploy.console.charts import Chart, Span, draw
from deploy.console.handling import deeds, handling
from deploy.console.people import Person, Scope
from deploy.console.rows import CategoryRow, ComplaintRow, CountRow, SurgeDetail, SurgeRow, path_of
from deploy.console.series import DAY, HOUR, PAST_DAYS, Series, floor_hour
from deploy.console.site import Context, Site, View, not_found
from deploy.console.wording import distinctive
from sinks.ladder import rungs
from streams.contract import Level
from streams.estates.problems import PROBLEM_TYPES

ROWS: Final = 200
COMPLAINT_ROWS: Final = 100
BEFORE: Final = 36 * HOUR
AFTER: Final = 12 * HOUR
LONGEST: Final = 168
"""Hours of the longest chart."""
LOOKED_BACK: Final = 40 * DAY
USUAL_DAYS: Final = 90
OTHER_TEXTS: Final = 500
MOST_WORDS: Final = 8
FIRST_DATE: Final = dt.date(1970, 1, 2)
LAST_DATE: Final = dt.date(2149, 6, 5)


async def gather_list(site: Site, request: Request, person: Person) -> Context:
    """Return the surges that fit the filter of the link."""
    asked = request.query_params
    level = asked.get("level", "")
    found = await site.database.rows(
        "surges",
        SurgeRow,
        person.scope,
        state=asked.get("state", ""),
        level=level if level in set(Level) else "",
        category=asked.get("category", ""),
        words=asked.get("words", "").strip(),
        unit=asked.get("unit", ""),
        first=_date(asked.get("first", ""), FIRST_DATE),
        last=_date(asked.get("last", ""), LAST_DATE),
        rows=ROWS + 1,
    )
    return {
        "surges": found[:ROWS],
        "has_more": len(found) > ROWS,
        "rows": ROWS,
        "categories": PROBLEM_TYPES,
        "levels": [*Level],
    }


async def gather_one(site: Site, request: Request, person: Person) -> Context:
    """Return all that is known of a surge."""
    surge = await find(site, request.path_params["surge"], person)
    within = Scope(Level(surge.level), surge.unit)
    complaints, cases = await asyncio.gather(
        site.database.rows(
            "surge_complaints",
            ComplaintRow,
            person.scope,
            within,
            start=surge.window_start - LOOKED_BACK,
            end=surge.updated_at + LOOKED_BACK,
            requests=surge.request_ids,
            rows=COMPLAINT_ROWS,
        ),
        site.database.rows("surge_case", CaseRow, person.scope, surge=surge.surge_id),
    )
    return {
        "surge": surge,
        "case": case_of(surge.surge_id, cases),
        "handling": handling(surge.actions, site.wall()),
        "deeds": deeds(surge.actions)[::-1],
        "rungs": site.ladder.rungs(surge, site.wall()),
        "due": site.ladder.due(surge, site.wall()),
        "chart": await _chart(site, surge),
        "categories": await _categories(site, surge),
        "words": await asyncio.to_thread(_words, site, surge, complaints),
        "complaints": sorted(complaints, key=lambda row: row.occurred_at),
        "children": [(unit, site.board.units.name("estate", unit)) for unit in surge.children],
        "above": _above(site, surge, person),
        "next_level": next_level(surge, site.wall()),
    }


async def find(site: Site, surge_id: str, person: Person) -> SurgeDetail:
    """Return a surge that a person may see.

    Raises:
        HTTPException: 404, where there is none, or not for this person.
    """
    found = await site.database.rows("surge", SurgeDetail, person.scope, surge=surge_id)
    if not found:
        raise not_found()
    return found[0]


def next_level(surge: SurgeRow, wall: dt.datetime) -> Level | None:
    """Return the level that a surge would be raised to by hand; None where it is at the top."""
    level = handling(surge.actions, wall).level or surge.level
    return rungs.next_level(path_of(surge), Level(level))


async def _chart(site: Site, surge: SurgeDetail) -> Chart:
    """Return the hours around a surge."""
    start = floor_hour(surge.window_start) - BEFORE
    until = surge.cleared_at or max(site.board.now, surge.updated_at)
    last = max(floor_hour(surge.window_end), min(floor_hour(until), floor_hour(surge.window_end) + AFTER))
    end = min(last + AFTER, start + LONGEST * HOUR, floor_hour(max(site.board.now, until))) + HOUR
    rows = await site.database.rows(
        "unit_counts",
        CountRow,
        level=surge.level,
        id=surge.unit,
        grain="hour",
        start=start - PAST_DAYS * DAY,
        end=end,
    )
    series = Series(site.zone, site.board.expectation.first_day)
    shaded = Span(surge.window_start, min(until, end), f"{surge.score:.1f}")
    return draw(series.hours(rows, start, end), [shaded])


async def _categories(site: Site, surge: SurgeDetail) -> list[tuple[str, int, float, float]]:
    """Return of each problem type: requests, share of the surge, and share that is usual at the unit."""
    end = surge.window_start.replace(microsecond=0)
    usual = await site.database.rows(
        "unit_categories",
        CategoryRow,
        level=surge.level,
        id=surge.unit,
        start=end - USUAL_DAYS * DAY,
        before=end - USUAL_DAYS * DAY,
        end=end - DAY,
    )
    total, all_usual = sum(surge.categories.values()), sum(row.now for row in usual)
    before = {row.category: row.now / all_usual for row in usual if all_usual}
    ranked = sorted(surge.categories.items(), key=lambda each: (-each[1], each[0]))
    return [(name, count, count / total, before.get(name, 0.0)) for name, count in ranked]


def _words(site: Site, surge: SurgeDetail, complaints: Sequence[ComplaintRow]) -> list[str]:
    """Return what the surge's complaints say and others do not: for a worker thread."""
    own = {row.identity for row in complaints}
    others = [row for row in site.board.feed if row.identity not in own][:OTHER_TEXTS]
    unit = site.board.units.find(surge.level, surge.unit)
    names = {surge.name, *(row.estate for row in complaints), *(unit.aliases if unit else ())}
    return distinctive([*map(_text, complaints)], [*map(_text, others)], names, MOST_WORDS)


def _text(row: ComplaintRow) -> str:
    return f"{row.title} {row.excerpt}"


def _above(site: Site, surge: SurgeRow, person: Person) -> list[tuple[str, str, str]]:
    """Return the units that a surge's unit lies in, with their levels and names, the highest first."""
    unit = site.board.units.find(surge.level, surge.unit, person.scope)
    if unit is None:
        return []
    return [(row.level, row.id, row.name) for row in site.board.units.above(unit, person.scope)]


def _date(text: str, otherwise: dt.date) -> dt.date:
    try:
        return min(max(dt.date.fromisoformat(text), FIRST_DATE), LAST_DATE)
    except ValueError:
        return otherwise


LIST: Final = View("/surges", "surges.html", gather_list, "surges")
ONE: Final = View("/surges/{surge:path}", "surge.html", gather_one, "surges")
