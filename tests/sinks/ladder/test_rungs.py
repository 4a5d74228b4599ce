"""Where a surge stands on the ladder, and when it is to be raised: worked out from what was done."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from sinks.ladder.hours import working_hours
from sinks.ladder.rungs import Action, ActionKind, due_at, next_level, standing
from sinks.ladder.settings import CommunityRung, LadderSettings, RungSettings, StreetRung
from streams.contract import Level, Path
from tests.sinks.alerts.surges import NOON, surge

SETTINGS = LadderSettings(
    estate=RungSettings(critical=10, high=20, raised=30),
    community=CommunityRung(critical=15, high=40, raised=60),
    street=StreetRung(critical=20, high=50, raised=90),
    off_hours_factor=1.0,
)
HOURS = working_hours(SETTINGS, ZoneInfo("Asia/Shanghai"))
MINUTE = dt.timedelta(minutes=1)


def act(
    kind: ActionKind, minute: float, level: str = "", until: float | None = None, actor: str = "li"
) -> Action:
    end = None if until is None else NOON + until * MINUTE
    return Action(surge().surge_id, kind.value, actor, level, "why", end, NOON + minute * MINUTE)


def due(*actions: Action, now: float = 1000, **fields: Any) -> float | None:
    """Return in which minute a surge is to be raised; None: it is not."""
    one = surge(**fields)
    found = due_at(one, standing(one, actions, NOON + now * MINUTE), SETTINGS, HOURS)
    return None if found is None else (found - NOON) / MINUTE


TOLD = act(ActionKind.TELL, 1, "estate", actor="ladder")


def test_before_anybody_was_told_nothing_is_due() -> None:
    assert due() is None


@pytest.mark.parametrize(("score", "minute"), [(5.5, 31), (6.5, 21), (9.0, 11)])
def test_the_graver_a_surge_the_sooner_it_is_raised(score: float, minute: float) -> None:
    assert due(TOLD, score=score) == minute


@pytest.mark.parametrize("kind", [ActionKind.ACKNOWLEDGE, ActionKind.RESOLVE, ActionKind.NOT_A_SURGE])
def test_whoever_takes_it_up_stops_the_clock(kind: ActionKind) -> None:
    assert due(TOLD, act(kind, 5)) is None


def test_each_level_has_its_own_time_from_when_it_was_asked() -> None:
    raised = act(ActionKind.RAISE, 31, "community", actor="ladder")
    assert due(TOLD, raised) == 31 + 60
    again = act(ActionKind.RAISE, 91, "street", actor="ladder")
    assert due(TOLD, raised, again) == 91 + 90
    assert due(TOLD, raised, again, act(ActionKind.RAISE, 181, "district", actor="ladder")) is None


def test_who_raises_by_hand_asks_the_next_level_whatever_was_said_before() -> None:
    whistle = act(ActionKind.RAISE, 8, "community")
    assert due(TOLD, act(ActionKind.ACKNOWLEDGE, 5), whistle) == 8 + 60
    found = standing(surge(), [TOLD, act(ActionKind.RESOLVE, 5), whistle], NOON + 10 * MINUTE)
    assert (found.is_closed, found.raised_to, found.level) == (False, (Level.COMMUNITY,), Level.COMMUNITY)


def test_a_silence_stops_the_clock_and_starts_it_anew_when_it_ends() -> None:
    silence = act(ActionKind.SILENCE, 5, until=60)
    assert due(TOLD, silence, now=59) is None
    assert standing(surge(), [TOLD, silence], NOON + 59 * MINUTE).silence == silence
    assert due(TOLD, silence, now=60) == 60 + 30
    assert due(TOLD, silence, act(ActionKind.ACKNOWLEDGE, 61), now=70) is None
    assert due(TOLD, act(ActionKind.ACKNOWLEDGE, 2), silence, now=70) is None


def test_a_level_that_the_registry_lacks_is_passed_over_and_above_the_district_is_nobody() -> None:
    assert next_level(Path("E1", "", "S1", "D1", "city"), Level.ESTATE) is Level.STREET
    assert next_level(surge().path, Level.ESTATE) is Level.COMMUNITY
    assert next_level(surge(Level.DISTRICT).path, Level.DISTRICT) is None
    assert next_level(surge(Level.CITY).path, Level.CITY) is None
    assert next_level(Path("E1", "", "", "", "city"), Level.ESTATE) is None


def test_actions_of_a_newer_version_change_nothing() -> None:
    later = NOON + 2 * MINUTE
    assert due(TOLD, TOLD._replace(kind="promoted", at=later)) == 31
    assert due(TOLD, TOLD._replace(kind="raise", level="province", at=later)) == 31


@pytest.mark.parametrize(
    "wrong",
    [{"working_from": "18:00"}, {"off_hours_factor": 0.5}, {"working_days": (8,)}, {"working_days": ()}],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LadderSettings(**wrong)
