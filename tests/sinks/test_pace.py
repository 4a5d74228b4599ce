"""How long the writer gathers: short while it is up to date, longer the further it is behind."""

from __future__ import annotations

import pytest

from sinks.pace import Pace


@pytest.mark.parametrize(
    ("age", "pause"),
    [(0.0, 0.1), (1.2, 0.1), (3.0, 0.5), (60.0, 1.0)],
    ids=["idle", "soon", "late", "behind"],
)
def test_who_is_further_behind_gathers_longer(age: float, pause: float) -> None:
    pace = Pace(0.1, 1.0)
    pace.note(age)
    assert pace.seconds() == pause


def test_who_has_caught_up_stores_often_again() -> None:
    pace = Pace(0.1, 1.0)
    pace.note(60)
    pace.note(0.2)
    assert pace.seconds() == 0.1


def test_a_shortest_pause_above_the_longest_holds() -> None:
    assert Pace(2.0, 1.0).seconds() == 2.0
