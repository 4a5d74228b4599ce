"""A surge that nobody takes up climbs before people's eyes: real alerter, Alertmanager, console and browser.

What is due follows from the table of actions and the clock, so the alerter is killed on the way.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from deploy.local.clickhouse import ClickHouseServer
from deploy.local.program import running
from sinks.clickhouse import ClickHouse
from sinks.ladder.actions import Actions
from sinks.ladder.rungs import Action
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from tests.deploy.console.city import KENGZI, PINGSHAN, City
from tests.deploy.console.signing_in import log_in, open_as
from tests.deploy.monitoring import PATIENCE_SECONDS, Alerting, alerting_in, wait_until
from tests.sinks.alerts.surges import cleared
from tests.sinks.conftest import settings_for
from tests.sinks.ladder.short import RUNG_SECONDS, short_ladder

pytestmark = pytest.mark.stack

SOON_MS = PATIENCE_SECONDS * 1000
CLIMB = [("tell", "estate"), ("raise", "community"), ("raise", "street"), ("raise", "district")]


@pytest.fixture
def sinks(database: ClickHouseServer) -> SinksSettings:
    return settings_for(database, "writer")


@pytest.fixture
def alerting(sinks: SinksSettings, tmp_path: Path) -> Iterator[Alerting]:
    with alerting_in(tmp_path, short_ladder(sinks)) as made:
        yield made


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_the_share_that_did_not_leave_the_estate_is_that_of_what_was_told_and_solved(
    client: httpx.Client, no_surges: City, sinks: SinksSettings
) -> None:
    ways = {
        "kept": [("tell", "estate"), ("resolve", "")],
        "left": [("tell", "estate"), ("raise", "community"), ("resolve", "")],
        "goes on": [("tell", "estate"), ("acknowledge", "")],
        "none": [("tell", "estate"), ("not_a_surge", "")],
        "untold": [("resolve", "")],
    }
    began, done = now() - dt.timedelta(hours=1), Actions(sinks)
    for (name, steps), estate in zip(ways.items(), no_surges.estates(PINGSHAN), strict=False):
        no_surges.surge(estate, name, opened_at=began, updated_at=began)
        done.add(
            [
                Action(name, kind, "li", level, "why", None, began + place * dt.timedelta(minutes=1))
                for place, (kind, level) in enumerate(steps)
            ]
        )
    assert done.shares(30) == [("estate", 0.5)]
    server = ClickHouse(sinks.clickhouse)
    assert server.execute("SELECT level, solved, share, solved_by_level FROM bi.ladder_shares") == [
        ("estate", 2, 0.5, {"estate": 1, "community": 1})
    ]
    server.close()
    log_in(client, "wang")
    for street, kept in (
        (PINGSHAN, {"solved": 2, "solved_there": 1}),
        (KENGZI, {"solved": 0, "solved_there": 0}),
    ):
        assert client.get(f"/api/units/street/{street}/requests").json()["kept"] == kept
    assert "<dd>50% " in client.get(f"/units/street/{PINGSHAN}/requests", params={"lang": "en"}).text


def test_a_surge_that_nobody_takes_up_climbs_until_somebody_does(
    context: BrowserContext, no_surges: City, alerting: Alerting, sinks: SinksSettings
) -> None:
    estate = no_surges.estates(PINGSHAN)[0]
    planted = no_surges.surge(estate, "s-climbs", score=5.7, opened_at=now(), updated_at=now())
    mine = open_as(context, "wang", "/surges/s-climbs")
    mine.get_by_label("理由").fill("街道已派人")
    page = context.new_page()
    page.goto("/")
    listed = page.locator("[data-list=new] li", has_text=no_surges.name(estate))
    with running(alerting.alertmanager):
        with running(alerting.alerter) as alerter:
            alerting.publish(planted)
            expect(listed).to_contain_text("已升级至社区", timeout=SOON_MS)
            expect(listed).to_contain_text(re.compile("将于 .* 升级至(街道|区)"))
            alerter.kill()
        with running(alerting.alerter):
            expect(listed).to_contain_text(re.compile("已升级至(街道|区)"), timeout=SOON_MS)
            mine.get_by_role("button", name="签收").click()
            expect(mine.locator("#handling")).to_contain_text("已签收 · wang")
            expect(mine.locator("#ladder li").nth(1)).to_contain_text("升级至此（系统）")
            expect(mine.locator("#ladder [aria-current]")).to_contain_text("已签收 · wang")
            expect(page.locator("[data-list=taken] li")).to_contain_text("已签收 · wang")
            time.sleep(RUNG_SECONDS["STREET"])
            done = [(each.kind, each.level) for each in Actions(sinks).of(["s-climbs"])["s-climbs"]]
            *climbed, last = done
            # On a machine that is slow enough the street's time has passed too before it was acknowledged.
            assert climbed == CLIMB[: max(3, len(climbed))]
            assert last == ("acknowledge", "")
            for _, level in climbed:
                assert [status for status, _ in alerting.told.notifications(level)] == ["firing"]
            assert "raised to the street" in alerting.told.notifications("street")[0][1][0]
            end = cleared(planted, now())
            alerting.publish(end)
            wait_until(lambda: len(alerting.told.told) == 2 * len(climbed), "all are told of the end")
    assert not ClickHouseSink(sinks).insert_surges([end])
    server = ClickHouse(sinks.clickhouse)
    [row] = server.execute(
        "SELECT level, reached_level, raises, is_solved, minutes_to_take_up * 60 >= {rungs:Float64}"
        " FROM bi.surge_ladder WHERE surge_id = 's-climbs'",
        {"rungs": RUNG_SECONDS["ESTATE"] + RUNG_SECONDS["COMMUNITY"]},
    )
    assert row == ("estate", climbed[-1][1], len(climbed) - 1, True, True)
    server.close()
