"""The ladder and Alertmanager on real parts: what people do with a surge counts there, once.

How a surge climbs is in tests/deploy/console/test_ladder.py, where people look on.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.program import running
from sinks.ladder.actions import Actions
from sinks.ladder.rungs import Action, ActionKind
from sinks.settings import SinksSettings
from streams.contract import Path as UnitPath
from streams.contract import Surge
from tests.deploy.monitoring import QUIET_SECONDS, Alerting, alerting_in, wait_until
from tests.sinks.alerts.surges import surge
from tests.sinks.ladder.short import RUNG_SECONDS, short_ladder

pytestmark = pytest.mark.stack

NAME = uuid.uuid4().hex
"""The tables are shared: the surges of this run are told from others by their estate."""


@pytest.fixture
def alerting(standard: SinksSettings, tmp_path: Path) -> Iterator[Alerting]:
    with alerting_in(tmp_path, short_ladder(standard)) as made:
        yield made


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def planted(estate: str, **fields: Any) -> Surge:
    values = {"opened_at": now(), "updated_at": now(), **fields}
    path = UnitPath(f"{estate}-{NAME}", "C1", "S1", "D1", "city")
    return surge(unit=path.estate, path=path, **values)


def by_hand(surge_id: str, kind: ActionKind, until: dt.datetime | None = None) -> Action:
    return Action(surge_id, kind.value, "li", "", "seen to", until, now())


def told_of(alerting: Alerting, about: Surge) -> list[tuple[str, str]]:
    """Return whom Alertmanager told of a surge, and of what: (receiver, status)."""
    return [
        (receiver, each["status"])
        for receiver, body in alerting.told.told
        for each in body["alerts"]
        if each["labels"]["unit"] == about.unit
    ]


def test_what_people_said_of_a_surge_counts_with_alertmanager_once(
    alerting: Alerting, standard: SinksSettings
) -> None:
    """One is silenced, and one called not a surge: however it grows, nobody is told of it again."""
    actions, silenced, none = Actions(standard), planted("B"), planted("C")
    until = now() + dt.timedelta(hours=1)
    actions.add([by_hand(silenced.surge_id, ActionKind.SILENCE, until)])
    address = alerting.alerter.environment["PULSE_SINKS__ALERTS__ALERTMANAGER_URL"]

    def silences() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{address}/api/v2/silences").json()
        return found

    def is_over() -> bool:
        return {*dict(told_of(alerting, none)).values()} == {"resolved"}

    with running(alerting.alertmanager):
        with running(alerting.alerter):
            alerting.publish(silenced, none)
            wait_until(lambda: bool(told_of(alerting, none)), "it is told")
            actions.add([by_hand(none.surge_id, ActionKind.NOT_A_SURGE)])
            wait_until(is_over, "all who were told of it are told that it is over")
            told, done = told_of(alerting, none), actions.of([none.surge_id])
            alerting.publish(planted("C", revision=2, observed=40, score=9.0))
            time.sleep(RUNG_SECONDS["ESTATE"])
        with running(alerting.alerter):
            alerting.publish(silenced, planted("C", revision=3, observed=80, score=9.0))
            wait_until(lambda: len(silences()) == 1, "Alertmanager is told of the silence")
            time.sleep(QUIET_SECONDS)  # and of no other
        assert told_of(alerting, none) == told
        assert actions.of([none.surge_id]) == done, "it does not climb"
        [silence] = silences()
        assert silence["createdBy"] == "li"
        assert abs(dt.datetime.fromisoformat(silence["endsAt"]) - until) < dt.timedelta(seconds=1)
        active = httpx.get(f"{address}/api/v2/alerts?active=true&silenced=false").json()
        assert [each for each in active if each["labels"]["unit"] in (silenced.unit, none.unit)] == []
