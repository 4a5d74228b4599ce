"""Takes the pictures of docs/console.md: `python -m tests.deploy.console.screenshots`.

Each view of a real console over the example district: on a desktop and a phone, in Chinese and English.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, NamedTuple

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from deploy.console.people import Person, Role
from deploy.local.clickhouse import prepare_clickhouse
from deploy.local.ports import free_ports
from deploy.local.program import running
from sinks.ladder.actions import LADDER, Actions
from sinks.ladder.rungs import Action, ActionKind
from sinks.migrate import Migrator
from streams.contract import Level, SurgeState
from tests.deploy.console.city import KENGZI, NOW, PINGSHAN, City
from tests.deploy.console.conftest import FLAGS, RunningConsole, browser_path, console_settings
from tests.sinks.conftest import settings_for

PICTURES: Final = Path(__file__).parents[3] / "docs" / "pictures"
SETTLE_MS: Final = 1200
SOLVED: Final = ("solved-1", "solved-2", "solved-3")
"""Surges that are over; the first was raised."""


class Look(NamedTuple):
    """How a page is looked at."""

    name: str
    size: ViewportSize
    scheme: Literal["light", "dark"]
    lang: str


LOOKS: Final = (
    Look("desktop-zh", ViewportSize(width=1120, height=700), "light", "zh"),
    Look("desktop-en", ViewportSize(width=1120, height=700), "dark", "en"),
    Look("phone-zh", ViewportSize(width=390, height=700), "light", "zh"),
    Look("phone-en", ViewportSize(width=390, height=700), "dark", "en"),
)


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as directory,
        _console(Path(directory)) as (console, views),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browser_path(), args=[*FLAGS])
        for look in LOOKS:
            _take(browser, console.url, look, views)
        browser.close()


def _take(browser: Browser, url: str, look: Look, views: dict[str, str]) -> None:
    locale = {"zh": "zh-CN", "en": "en-GB"}[look.lang]
    context = browser.new_context(base_url=url, viewport=look.size, color_scheme=look.scheme, locale=locale)
    page = context.new_page()
    for name, path in views.items():
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={look.lang}")
        if page.locator("[data-lazy]").count():
            page.locator("[data-lazy] [data-part]").wait_for()
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=PICTURES / f"console-{name}-{look.name}.png")
    context.close()


@contextmanager
def _console(directory: Path) -> Iterator[tuple[RunningConsole, dict[str, str]]]:
    """Serve the example district with a few surges, and yield the views to look at."""
    server = prepare_clickhouse(directory / "clickhouse", *free_ports(2))
    with running(server.program()):
        writer = settings_for(server, "writer")
        Migrator(writer).migrate()
        city = City(writer)
        city.fill()
        estate = _surge(city)
        settings = console_settings(server, directory / "accounts.json", open_role="operator")
        console = RunningConsole(settings, writer)
        console.start()
        _act(console, Actions(writer))
        yield (
            console,
            {
                "overview": "/",
                "surge": "/surges/estate-surge",
                "surges": "/surges",
                "estate": f"/units/estate/{estate}?grain=day",
                "street": f"/units/street/{PINGSHAN}?grain=hour",
                "review": "/review",
                "requests": f"/units/street/{PINGSHAN}/requests",
                "search": "/search?q=花园",
                "login": "/login",
            },
        )
        console.stop()


def _surge(city: City) -> str:
    """Let three units surge now, and a few before, and return the estate whose complaints are made for it."""
    estate, other = city.estates(PINGSHAN)[0], city.estates(KENGZI)[0]
    requests = [
        city.complain(estate, "夜间施工噪音扰民", NOW - dt.timedelta(minutes=minutes)).request_id
        for minutes in reversed(range(0, 240, 15))
    ]
    city.count_days_of(NOW)
    start = NOW - dt.timedelta(hours=4)
    figures = {"observed": 14, "expected": 0.6, "expected_high": 2.0, "reporters": 14, "requests": 16}
    city.surge(
        estate,
        "estate-surge",
        9.4,
        request_ids=tuple(requests),
        window_start=start,
        window_end=NOW,
        **figures,
    )
    city.surge(other, "other-surge", 6.3)
    for days, solved in enumerate(SOLVED, 8):
        begun, ended = NOW - dt.timedelta(days=days), NOW - dt.timedelta(days=days, hours=-9)
        window = {"window_start": begun - dt.timedelta(hours=3), "window_end": begun}
        times = {"opened_at": begun, "updated_at": ended, "cleared_at": ended, **window}
        city.surge(city.estates(PINGSHAN)[days % 5], solved, 6.1, state=SurgeState.CLEARED, **times)
    city.surge(PINGSHAN, "street-surge", 7.1, children=tuple(city.estates(PINGSHAN)[:3]))
    return estate


def _act(console: RunningConsole, actions: Actions) -> None:
    """Let the ladder tell of them and raise one, and a person take up another."""
    now = dt.datetime.now(dt.UTC)
    told = {"estate-surge": Level.ESTATE, "other-surge": Level.ESTATE, "street-surge": Level.STREET}
    steps = [(surge, ActionKind.TELL, level, 25) for surge, level in told.items()]
    steps += [(surge, ActionKind.TELL, Level.ESTATE, 45) for surge in SOLVED]
    steps.append((SOLVED[0], ActionKind.RAISE, Level.COMMUNITY, 44))
    steps.append(("estate-surge", ActionKind.RAISE, Level.COMMUNITY, 10))
    actions.add(
        [
            Action(surge, kind.value, LADDER, level.value, "", None, now - dt.timedelta(minutes=minutes))
            for surge, kind, level, minutes in steps
        ]
    )
    person = Person("wang", Role.OPERATOR)
    reason = "已电话联系物业公司，约 19 点到场"
    console.run(console.site.database.note("street-surge", ActionKind.ACKNOWLEDGE, person, reason))


if __name__ == "__main__":
    main()
