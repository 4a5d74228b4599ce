"""The ladder on real parts: what is due follows from the table and the clock, whatever is restarted."""

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
from sinks.clickhouse import ClickHouse
from sinks.ladder.actions import Actions
from sinks.ladder.rungs import Action, ActionKind
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Path as UnitPath
from tests.deploy.monitoring import Alerting, alerting_in, wait_until
from tests.sinks.alerts.surges import cleared, surge

pytestmark = pytest.mark.stack

RUNG_MINUTES = 0.02
LOOK_SECONDS = 0.2
NAME = uuid.uuid4().hex
"""The tables are shared: the surges of this run are told from others by their estate."""


@pytest.fixture
def alerting(standard: SinksSettings, tmp_path: Path) -> Iterator[Alerting]:
    server = standard.clickhouse
    settings = {
        "PULSE_SINKS__CLICKHOUSE__HOST": server.host,
        "PULSE_SINKS__CLICKHOUSE__PORT": str(server.port),
        "PULSE_SINKS__CLICKHOUSE__USER": server.user,
        "PULSE_SINKS__CLICKHOUSE__PASSWORD": server.password.get_secret_value(),
        "PULSE_SINKS__LADDER__LOOK_SECONDS": str(LOOK_SECONDS),
        "PULSE_SINKS__LADDER__OFF_HOURS_FACTOR": "1",
        **{
            f"PULSE_SINKS__LADDER__{level}__RAISED": str(RUNG_MINUTES)
            for level in ("ESTATE", "COMMUNITY", "STREET")
        },
    }
    with alerting_in(tmp_path, settings) as made:
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


def kinds(actions: Actions, surge_id: str) -> list[tuple[str, str]]:
    return [(action.kind, action.level) for action in actions.of([surge_id])[surge_id]]


def by_hand(surge_id: str, kind: ActionKind, until: dt.datetime | None = None) -> Action:
    return Action(surge_id, kind.value, "li", "", "seen to", until, now())


def test_what_nobody_takes_up_climbs_whatever_is_restarted_until_somebody_does(
    alerting: Alerting, standard: SinksSettings
) -> None:
    actions, one = Actions(standard), planted("A")
    with running(alerting.alertmanager):
        with running(alerting.alerter) as alerter:
            alerting.publish(one)
            wait_until(lambda: len(kinds(actions, one.surge_id)) == 2, "it is raised to the community")
            alerter.kill()
        with running(alerting.alerter):
            wait_until(lambda: len(kinds(actions, one.surge_id)) == 3, "it is raised to the street")
            actions.add([by_hand(one.surge_id, ActionKind.ACKNOWLEDGE)])
            time.sleep(3 * RUNG_MINUTES * 60)
            assert kinds(actions, one.surge_id) == [
                ("tell", "estate"),
                ("raise", "community"),
                ("raise", "street"),
                ("acknowledge", ""),
            ]
            told = [alerting.told.notifications(each) for each in ("estate", "community", "street")]
            assert [[status for status, _ in each] for each in told] == [["firing"]] * 3
            assert "raised to the street" in told[2][0][1][0]
            end = cleared(one, now())
            alerting.publish(end)
            wait_until(lambda: len(alerting.told.told) == 6, "each that was told is told of the end")
    ClickHouseSink(standard).insert_surges([end])
    server = ClickHouse(standard.clickhouse)
    [row] = server.execute(
        "SELECT level, reached_level, raises, is_solved, minutes_to_take_up >= 2 * {rung:Float64}"
        " FROM bi.surge_ladder WHERE surge_id = {surge:String}",
        {"surge": one.surge_id, "rung": RUNG_MINUTES},
    )
    assert row == ("estate", "street", 2, True, True)
    server.close()


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
