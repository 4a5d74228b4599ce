"""The ladder as pages show it: the same that the alerter does, told beforehand."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from zoneinfo import ZoneInfo

import pytest

from deploy.console.climb import Due, Ladder
from deploy.console.rows import ActionRow, SurgeRow
from sinks.ladder.settings import CommunityRung, LadderSettings, RungSettings
from streams.contract import Level, Path
from tests.sinks.alerts.surges import NOON, WHOLE_PATH, surge

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE = dt.timedelta(minutes=1)
LADDER = Ladder(
    LadderSettings(
        estate=RungSettings(critical=10, high=20, raised=30),
        community=CommunityRung(critical=15, high=40, raised=60),
        off_hours_factor=1.0,
    ),
    ZONE,
)


def act(kind: str, minute: float, level: str = "", actor: str = "ladder") -> ActionRow:
    return NOON + minute * MINUTE, kind, actor, "" if actor == "ladder" else "operator", level, "why", None


def row(*actions: ActionRow, is_open: bool = True, path: Path = WHOLE_PATH) -> SurgeRow:
    made = surge(score=6.5, path=path)
    shared = {field.name: getattr(made, field.name, None) for field in fields(SurgeRow)}
    places = {f"{level.value}_id": getattr(path, level.value) for level in Level}
    return SurgeRow(**{**shared, **places, "name": "E1", "is_open": is_open, "actions": [*actions]})


TOLD = act("tell", 1, "estate")
RAISED = act("raise", 21, "community")


@pytest.mark.parametrize(
    ("actions", "due"),
    [
        ((), None),
        ((TOLD,), (21, Level.COMMUNITY)),
        ((TOLD, RAISED), (61, Level.STREET)),
        ((TOLD, act("raise", 5, "community", "li")), (45, Level.STREET)),
        ((TOLD, act("acknowledge", 5, actor="li")), None),
        ((TOLD, RAISED, act("raise", 61, "street"), act("raise", 90, "district")), None),
    ],
)
def test_what_comes_next_if_nobody_does_anything(
    actions: tuple[ActionRow, ...], due: tuple[int, Level] | None
) -> None:
    expected = None if due is None else Due(NOON + due[0] * MINUTE, due[1])
    assert LADDER.due(row(*actions), NOON + 100 * MINUTE) == expected
    assert LADDER.due(row(*actions, is_open=False), NOON) is None
    assert Ladder(LadderSettings(is_on=False), ZONE).due(row(*actions), NOON) is None


def test_each_level_says_when_it_was_asked_and_by_whom() -> None:
    by_hand = act("raise", 25, "street", "li")
    shown = LADDER.rungs(row(TOLD, RAISED, by_hand, act("acknowledge", 30, actor="wang")), NOON)
    assert [(each.level, each.unit, each.by, each.is_asked_now) for each in shown] == [
        (Level.ESTATE, "E1", "ladder", False),
        (Level.COMMUNITY, "C1", "ladder", False),
        (Level.STREET, "S1", "li", True),
        (Level.DISTRICT, "D1", "", False),
    ]
    assert [each.asked_at for each in shown] == [TOLD[0], RAISED[0], by_hand[0], None]


def test_a_level_that_the_registry_lacks_is_no_rung() -> None:
    shown = LADDER.rungs(row(path=Path("E1", "", "S1", "D1", "city")), NOON)
    assert [each.level for each in shown] == [Level.ESTATE, Level.STREET, Level.DISTRICT]
    assert [each.is_asked_now for each in shown] == [True, False, False]
