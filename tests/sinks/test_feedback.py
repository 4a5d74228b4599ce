"""What people made of surges, read from a real server and held against thresholds."""

from __future__ import annotations

import datetime as dt

import pytest

from sinks.feedback import Feedback, Judged, read_feedback
from sinks.ladder.actions import LADDER, Actions
from sinks.ladder.rungs import Action, ActionKind
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Progress, milliseconds
from tests.sinks.alerts.surges import NOON, surge

DAY = dt.timedelta(days=1)
NONE, REAL = False, True


def judged(score: float, is_surge: bool | None, day: int = 0) -> Judged:
    return Judged(score, is_surge, milliseconds(NOON + day * DAY))


def test_a_threshold_is_held_against_what_people_called_none_and_what_they_took_up() -> None:
    surges = (judged(4.0, NONE), judged(5.0, NONE), judged(5.0, REAL), judged(7.0, REAL), judged(6.0, None))
    feedback = Feedback(surges, milliseconds(NOON + 28 * DAY))
    assert (feedback.weeks, feedback.judged, feedback.called_none) == (4, 4, 2)
    assert [feedback.called_none_a_week(each) for each in (3.0, 4.5, 5.0, 5.5)] == [0.5, 0.25, 0.25, 0.0]
    assert [feedback.lost(each) for each in (5.0, 5.5, 7.5)] == [0.0, 0.5, 1.0]


def test_a_short_time_counts_as_a_week_and_nothing_as_nothing() -> None:
    short = Feedback((judged(5.0, NONE), judged(5.0, NONE, day=1)), milliseconds(NOON))
    assert short.called_none_a_week(5.0) == 2
    nothing = Feedback((), 0)
    assert (nothing.judged, nothing.called_none_a_week(3.0), nothing.lost(3.0)) == (0, 0.0, None)


@pytest.mark.stack
def test_only_surges_that_people_were_told_of_or_judged_are_read(fresh: SinksSettings) -> None:
    days = {"told": 1, "replayed": 0, "none": 3, "real": 2}
    sink = ClickHouseSink(fresh)
    assert not sink.insert_surges(
        [surge(surge_id=name, opened_at=NOON + day * DAY, score=5.0 + day) for name, day in days.items()]
    )
    clock = milliseconds(NOON + 15 * DAY)
    sink.insert_progress([Progress(epoch=1, part=0, next=1, clock_ms=clock, registry_version="")])
    Actions(fresh).add(
        [
            Action(name, kind.value, actor, "", "why", None, NOON)
            for name, kind, actor in (
                ("told", ActionKind.TELL, LADDER),
                ("none", ActionKind.NOT_A_SURGE, "li"),
                ("real", ActionKind.RESOLVE, "li"),
            )
        ]
    )
    expected = (judged(6.0, None, 1), judged(7.0, REAL, 2), judged(8.0, NONE, 3))
    found = read_feedback(fresh)
    assert found == Feedback(expected, clock)
    assert (found.weeks, found.judged, found.called_none) == (2, 2, 1)
