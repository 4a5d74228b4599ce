"""Where a surge stands with the people: worked out from what was done about it. Pure.

The list, the page and the live feed ask here, so that they cannot disagree; so can the ladder.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deploy.console.rows import ActionRow, SurgeRow
from sinks.ladder.rungs import ActionKind

BY_HAND: Final = frozenset(ActionKind) - {ActionKind.TELL}
"""What people may do; to tell of a surge is the ladder's alone."""


class State(StrEnum):
    """Where a surge stands with the people."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    NOT_A_SURGE = "not_a_surge"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Deed:
    """One action on a surge."""

    at: dt.datetime
    action: str
    actor: str
    role: str
    level: str
    reason: str
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Handling:
    """What people have made of a surge so far."""

    state: State = State.NEW
    by: str = ""
    """Who took it up, silenced or closed it."""
    silent_until: dt.datetime | None = None
    level: str = ""
    """The level that it was raised to; empty: its own."""


def deeds(actions: Iterable[ActionRow]) -> list[Deed]:
    """Return actions as they were done, in their order."""
    return [Deed(*action) for action in actions]


def handling(actions: Iterable[ActionRow], now: dt.datetime) -> Handling:
    """Return where a surge stands.

    The last word counts. A silence that has ended counts no longer; to raise a surge is to ask the next
    level, so what the level below said counts no longer either.

    Args:
        actions: what was done, the oldest first.
        now: the wall clock, aware.
    """
    found = Handling()
    for deed in deeds(actions):
        found = _after(found, deed, now)
    return found


def is_waiting(surge: SurgeRow, now: dt.datetime) -> bool:
    """Return whether a surge belongs on the list: it is open, and no person has closed it."""
    return surge.is_open and handling(surge.actions, now).state not in {State.NOT_A_SURGE, State.RESOLVED}


def _after(found: Handling, deed: Deed, now: dt.datetime) -> Handling:
    match deed.action:
        case ActionKind.RAISE:
            return Handling(level=deed.level)
        case ActionKind.ACKNOWLEDGE:
            return Handling(State.ACKNOWLEDGED, deed.actor, level=found.level)
        case ActionKind.SILENCE if deed.until is not None and deed.until > now:
            return Handling(State.SILENCED, deed.actor, deed.until, found.level)
        case ActionKind.NOT_A_SURGE:
            return Handling(State.NOT_A_SURGE, deed.actor, level=found.level)
        case ActionKind.RESOLVE:
            return Handling(State.RESOLVED, deed.actor, level=found.level)
    return found
