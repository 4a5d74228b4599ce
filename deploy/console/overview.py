"""The overview: key figures, surges to be dealt with, the newest complaints, and the map, all live."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from deploy.console.expectation import heat
from deploy.console.handling import State, handling, is_waiting
from deploy.console.live import key_of
from deploy.console.people import Person, Scope
from deploy.console.plane import Dot
from deploy.console.rows import SurgeRow
from deploy.console.site import Context, Site, View
from sinks.alerts.severity import severity

FEED_ROWS: Final = 30
SURGE_ROWS: Final = 100
BUSIEST: Final = 10


async def gather(site: Site, request: Request, person: Person) -> Context:
    """Return all that the overview shows."""
    del request
    scope = person.scope
    dots = site.maps.dots(site.board, scope)
    plane = site.maps.plane(site.board, scope)
    return {
        "tiles": tiles(site, scope),
        "surges": surges(site, scope),
        "feed": site.board.feed_in(scope, FEED_ROWS),
        "map": {"height": plane.height, "path": plane.path, "dots": dots} if plane else None,
        "busiest": busiest(dots),
        "top": scope_name(site, scope),
    }


def tiles(site: Site, scope: Scope) -> Context:
    """Return the key figures of a scope."""
    board = site.board
    figures = board.figures(key_of(scope))
    return {
        "figures": figures,
        "hour_heat": heat(figures.hour, figures.expected_hour),
        "today_heat": heat(figures.today, figures.expected_today),
        "parts": board.parts,
        # Rejected records name no unit: who sees a part of the city only is not told of them.
        "rejections": board.rejections if scope == Scope() else None,
    }


def surges(site: Site, scope: Scope) -> Context:
    """Return the surges of a scope that people have to deal with, and how many there are of each level."""
    wall = site.wall()
    waiting = [surge for surge in site.board.surges_in(scope) if is_waiting(surge, wall)]
    new = [surge for surge in waiting if handling(surge.actions, wall).state is State.NEW]
    taken = [surge for surge in waiting if handling(surge.actions, wall).state is not State.NEW]
    levels: dict[str, int] = {}
    severities: dict[str, int] = {}
    for surge in waiting:
        levels[surge.level] = levels.get(surge.level, 0) + 1
        grave = severity(surge.score)
        severities[grave] = severities.get(grave, 0) + 1
    return {
        "new": new[:SURGE_ROWS],
        "taken": taken[:SURGE_ROWS],
        "waiting": len(new),
        "open": len(waiting),
        "levels": levels,
        "severities": severities,
    }


def busiest(dots: list[Dot]) -> list[Dot]:
    """Return the estates with the most complaints today: the map's words, for those who do not see it."""
    ranked = sorted(dots, key=lambda dot: (-dot.today, dot.name))
    return [dot for dot in ranked if dot.today][:BUSIEST]


def new_surges(site: Site, scope: Scope) -> dict[str, SurgeRow]:
    """Return the surges that nobody has taken up yet, by id."""
    wall = site.wall()
    return {
        surge.surge_id: surge
        for surge in site.board.surges_in(scope)
        if is_waiting(surge, wall) and handling(surge.actions, wall).state is State.NEW
    }


def scope_name(site: Site, scope: Scope) -> str:
    """Return the name of what a scope shows; empty where it shows all."""
    return site.board.units.name(scope.level.value, scope.unit) if scope.level else ""


VIEW: Final = View("/", "overview.html", gather, "overview")
