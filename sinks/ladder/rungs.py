"""Where a surge stands on the ladder, worked out from what was done about it. Pure.

The clock of a level begins when it is told: when the surge was first told of, when it was raised, or when a
silence ended. It is stopped by whoever takes the surge up (acknowledges, silences or closes it). To raise a
surge, by hand or because nobody came, is to ask the next level anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, Protocol

from sinks.alerts.severity import severity
from sinks.ladder.hours import WorkingHours
from sinks.ladder.settings import LadderSettings
from streams.contract import Level, Path

TOP = Level.DISTRICT
"""There is nobody above it whom the ladder could ask."""


class ActionKind(StrEnum):
    """What is done about a surge: by people, or (`tell`, `raise`) by the ladder."""

    TELL = "tell"
    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    NOT_A_SURGE = "not_a_surge"
    RESOLVE = "resolve"
    RAISE = "raise"


class Action(NamedTuple):
    """One row of `surge_actions`."""

    surge_id: str
    kind: str
    actor: str
    level: str
    reason: str
    until: dt.datetime | None
    at: dt.datetime


class Climber(Protocol):
    """What the ladder has to know of a surge."""

    @property
    def level(self) -> Level:
        """Its own level."""

    @property
    def path(self) -> Path:
        """The units that it lies in."""

    @property
    def score(self) -> float:
        """How grave it is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a surge stands."""

    level: Level
    """The level that is asked now."""
    asked_at: dt.datetime | None = None
    """Since when; None: nobody was told yet."""
    is_taken_up: bool = False
    is_closed: bool = False
    raised_to: tuple[Level, ...] = ()
    silence: Action | None = None
    """The silence that lasts."""


def standing(surge: Climber, actions: Iterable[Action], now: dt.datetime) -> Standing:
    """Return where a surge stands.

    Args:
        surge: any revision of it.
        actions: all about it, the oldest first.
        now: the wall clock, aware.
    """
    found = Standing(surge.level)
    for action in actions:
        found = _after(found, action, now)
    return found


def due_at(
    surge: Climber, found: Standing, settings: LadderSettings, hours: WorkingHours
) -> dt.datetime | None:
    """Return when a surge is to be raised if nobody comes; None where it is not."""
    if found.asked_at is None or found.is_taken_up or found.is_closed:
        return None
    minutes = settings.minutes(found.level, severity(surge.score))
    if minutes is None or next_level(surge.path, found.level) is None:
        return None
    return hours.after(found.asked_at, minutes)


def next_level(path: Path, level: Level) -> Level | None:
    """Return the next level up to the top where a surge's path has a unit; None where there is none."""
    above = [*Level][[*Level].index(level) + 1 : [*Level].index(TOP) + 1]
    return next((each for each in above if getattr(path, each.value)), None)


def _after(found: Standing, action: Action, now: dt.datetime) -> Standing:
    step = _STEPS.get(action.kind)
    return step(found, action, now) if step is not None else found


def _told(found: Standing, action: Action, _: dt.datetime) -> Standing:
    return replace(found, asked_at=found.asked_at or action.at)


def _raised(found: Standing, action: Action, _: dt.datetime) -> Standing:
    if action.level not in {*Level}:
        return found
    level = Level(action.level)
    return Standing(level, action.at, raised_to=tuple(dict.fromkeys((*found.raised_to, level))))


def _silenced(found: Standing, action: Action, now: dt.datetime) -> Standing:
    if action.until is not None and action.until > now:
        return replace(found, is_taken_up=True, is_closed=False, silence=action)
    return replace(found, asked_at=action.until, silence=None) if not found.is_taken_up else found


def _taken_up(found: Standing, _: Action, __: dt.datetime) -> Standing:
    return replace(found, is_taken_up=True, is_closed=False, silence=None)


def _closed(found: Standing, _: Action, __: dt.datetime) -> Standing:
    return replace(found, is_taken_up=True, is_closed=True, silence=None)


_STEPS: dict[str, Callable[[Standing, Action, dt.datetime], Standing]] = {
    ActionKind.TELL: _told,
    ActionKind.ACKNOWLEDGE: _taken_up,
    ActionKind.SILENCE: _silenced,
    ActionKind.NOT_A_SURGE: _closed,
    ActionKind.RESOLVE: _closed,
    ActionKind.RAISE: _raised,
}
