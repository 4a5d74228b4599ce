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
from tests.deploy.monitoring import Alerting, alerting_in, wait_until
from tests.sinks.alerts.surges import surge
from tests.sinks.ladder.short import LOOK_SECONDS, short_ladder

pytestmark = pytest.mark.stack

NAME = uuid.uuid4().hex
"""The tables are shared: the surges of this run are told from others by their estate."""


@pytest.fixture
def alerting(standard: SinksSettings, tmp_path: Path) -> Iterator[Alerting]:
    with alerting_in(tmp_path, short_ladder(standard)) as made:
        yield made


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def planted(estate: str) -> Any:
    return surge(
        unit=f"{estate}-{NAME}",
        path=UnitPath(f"{estate}-{NAME}", "C1", "S1", "D1", "city"),
        opened_at=now(),
        updated_at=now(),
    )


def by_hand(surge_id: str, kind: ActionKind, until: dt.datetime | None = None) -> Action:
    return Action(surge_id, kind.value, "li", "", "seen to", until, now())


def test_a_silence_by_hand_mutes_once_and_a_closed_surge_is_over(
    alerting: Alerting, standard: SinksSettings
) -> None:
    actions, silenced, none = Actions(standard), planted("B"), planted("C")
    until = now() + dt.timedelta(hours=1)
    actions.add(
        [
            by_hand(silenced.surge_id, ActionKind.SILENCE, until),
            by_hand(none.surge_id, ActionKind.NOT_A_SURGE),
        ]
    )
    address = alerting.alerter.environment["PULSE_SINKS__ALERTS__ALERTMANAGER_URL"]

    def silences() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{address}/api/v2/silences").json()
        return found

    with running(alerting.alertmanager):
        for _ in range(2):
            with running(alerting.alerter):
                alerting.publish(silenced, none)
                wait_until(lambda: len(silences()) == 1, "Alertmanager is told of the silence")
                time.sleep(5 * LOOK_SECONDS)  # and of no other
        [silence] = silences()
        assert silence["createdBy"] == "li"
        assert abs(dt.datetime.fromisoformat(silence["endsAt"]) - until) < dt.timedelta(seconds=1)
        active = httpx.get(f"{address}/api/v2/alerts?active=true&silenced=false").json()
        assert [each for each in active if each["labels"]["unit"] in (silenced.unit, none.unit)] == []
