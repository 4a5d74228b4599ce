"""Where a surge stands with the people, told by what was done about it, in its order."""

from __future__ import annotations

import datetime as dt

import pytest

from deploy.console.handling import State, handling
from deploy.console.rows import ActionRow
from sinks.ladder.rungs import ActionKind

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def history(*actions: str) -> list[ActionRow]:
    """A deed an hour, the last one at noon; a silence lasts two hours, a raise is to the street."""
    return [
        (
            NOON - (len(actions) - 1 - place) * HOUR,
            action,
            f"person {place}",
            "operator",
            "street" if action == "raise" else "",
            "because",
            NOON - (len(actions) - 1 - place) * HOUR + 2 * HOUR if action == "silence" else None,
        )
        for place, action in enumerate(actions)
    ]


@pytest.mark.parametrize(
    ("actions", "hours_later", "state", "by"),
    [
        ("", 0, State.NEW, ""),
        ("acknowledge", 0, State.ACKNOWLEDGED, "person 0"),
        ("silence", 1, State.SILENCED, "person 0"),
        ("silence", 2, State.NEW, ""),
        ("acknowledge silence", 1, State.SILENCED, "person 1"),
        ("acknowledge silence", 2, State.ACKNOWLEDGED, "person 0"),
        ("acknowledge raise", 0, State.NEW, ""),
        ("acknowledge raise acknowledge", 0, State.ACKNOWLEDGED, "person 2"),
        ("acknowledge resolve", 0, State.RESOLVED, "person 1"),
        ("resolve not_a_surge", 0, State.NOT_A_SURGE, "person 1"),
        ("something_of_a_later_version", 0, State.NEW, ""),
    ],
)
def test_the_last_word_counts(actions: str, hours_later: int, state: State, by: str) -> None:
    found = handling(history(*actions.split()), NOON + hours_later * HOUR)
    assert (found.state, found.by) == (state, by)


def test_a_raised_surge_keeps_its_level_until_the_end() -> None:
    found = handling(history(ActionKind.RAISE, ActionKind.ACKNOWLEDGE, ActionKind.RESOLVE), NOON)
    assert found.level == "street"
