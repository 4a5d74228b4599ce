"""A surge's way up the ladder as people see it: who was asked when, and who will be if nobody comes. Pure.

When a level is due is worked out as the alerter does it, from the same settings and the same rows: so a page
says beforehand what will happen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from deploy.console.handling import deeds
from deploy.console.rows import SurgeRow, path_of
from sinks.ladder.hours import working_hours
from sinks.ladder.rungs import Action, ActionKind, Climber, due_at, next_level, standing
from sinks.ladder.settings import LadderSettings
from streams.contract import Level, Path


@dataclass(frozen=True, slots=True)
class Due:
    """When a surge will be raised if nobody takes it up, and to which level."""

    at: dt.datetime
    level: Level


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a surge's ladder."""

    level: Level
    unit: str
    asked_at: dt.datetime | None = None
    """When it was told, or the surge was raised to it; None: it was not asked yet."""
    by: str = ""
    """Who asked it."""
    is_asked_now: bool = False


@dataclass(frozen=True, slots=True)
class _Surge:
    """What the ladder has to know of a row."""

    level: Level
    path: Path
    score: float


class Ladder:
    """Tells where surges stand, by the settings and the zone of the platform."""

    def __init__(self, settings: LadderSettings, zone: ZoneInfo) -> None:
        self._settings = settings
        self._hours = working_hours(settings, zone)

    def due(self, surge: SurgeRow, now: dt.datetime) -> Due | None:
        """Return what comes next if nobody does anything; None where nothing does.

        Args:
            surge: with what was done about it.
            now: the wall clock, aware.
        """
        if not (self._settings.is_on and surge.is_open):
            return None
        climber = _climber(surge)
        found = standing(climber, _actions(surge), now)
        at, level = due_at(climber, found, self._settings, self._hours), next_level(climber.path, found.level)
        return Due(at, level) if at is not None and level is not None else None

    @staticmethod
    def rungs(surge: SurgeRow, now: dt.datetime) -> list[Rung]:
        """Return the levels of a surge, its own first."""
        climber = _climber(surge)
        asked = _asked(surge, climber.level)
        current = standing(climber, _actions(surge), now).level
        found: list[Rung] = []
        level: Level | None = climber.level
        while level is not None:
            at, by = asked.get(level, (None, ""))
            found.append(Rung(level, getattr(climber.path, level.value), at, by, level == current))
            level = next_level(climber.path, level)
        return found


def _asked(surge: SurgeRow, own: Level) -> dict[str, tuple[dt.datetime | None, str]]:
    """Return when each level was first told or raised to, and by whom."""
    asked: dict[str, tuple[dt.datetime | None, str]] = {}
    for deed in deeds(surge.actions):
        if deed.action in {ActionKind.TELL, ActionKind.RAISE}:
            asked.setdefault(deed.level or own, (deed.at, deed.actor))
    return asked


def _climber(surge: SurgeRow) -> Climber:
    return _Surge(Level(surge.level), path_of(surge), surge.score)


def _actions(surge: SurgeRow) -> list[Action]:
    return [
        Action(surge.surge_id, deed.action, deed.actor, deed.level, deed.reason, deed.until, deed.at)
        for deed in deeds(surge.actions)
    ]
