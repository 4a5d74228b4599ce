"""A real ClickHouse of its own with the example district, the console over it, and a real browser."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from pydantic import SecretStr

from deploy.console.accounts import Accounts
from deploy.console.app import build_app, build_site
from deploy.console.people import Grant
from deploy.console.settings import ConsoleSettings
from deploy.local.clickhouse import ClickHouseServer, prepare_clickhouse
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import running
from sinks.clickhouse import ClickHouse
from sinks.migrate import Migrator
from sinks.settings import SinksSettings
from tests.deploy.console.city import PINGSHAN, City
from tests.sinks.conftest import settings_for

PASSWORD: Final = "a long password"
ACCOUNTS: Final = {
    "wang": Grant.parse("operator"),
    "zhao": Grant.parse("operator"),
    "li": Grant.parse("viewer"),
    "zhou": Grant.parse("administrator"),
    "street": Grant.parse(f"operator@street:{PINGSHAN}"),
}
FLAGS: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
PATIENCE_MS: Final = 15_000
"""With a slow machine. How soon a page shows a row is measured, not tested: docs/console.md."""
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    """A server with the project's own databases and users, which no other test writes to."""
    server = prepare_clickhouse(tmp_path_factory.mktemp("console-clickhouse"), *free_ports(2))
    with running(server.program()):
        Migrator(settings_for(server, "writer")).migrate()
        yield server


@pytest.fixture(scope="session")
def city(database: ClickHouseServer) -> City:
    """The example district, stored."""
    city = City(settings_for(database, "writer"))
    city.fill()
    return city


@pytest.fixture
def no_surges(database: ClickHouseServer, city: City) -> City:
    """The example district, with no surge in it."""
    server = ClickHouse(settings_for(database, "admin").clickhouse)
    for table in ("surges", "surge_actions"):
        server.execute(f"TRUNCATE TABLE pulse.{table}")
    server.close()
    return city


class RunningConsole:
    """A console that serves in a thread of this process."""

    def __init__(self, console: ConsoleSettings, sinks: SinksSettings) -> None:
        self.site = build_site(console, sinks)
        self.app = build_app(self.site)
        config = uvicorn.Config(self.app, log_level="error", access_log=False, proxy_headers=False)
        self._listening = socket.create_server((LOOPBACK, 0))
        self.url = f"http://{LOOPBACK}:{self._listening.getsockname()[1]}"
        self._server = uvicorn.Server(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Return once it answers."""
        self._thread.start()
        deadline = time.monotonic() + 30
        while not self._server.started:
            assert time.monotonic() < deadline and self._thread.is_alive(), "the console does not start"
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, live pages included."""
        self.site.is_closing = True
        self._server.should_exit = True
        self._thread.join(15)
        assert not self._thread.is_alive()

    def wake(self) -> None:
        """Wake whoever watches."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self.site.board.mark)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something where the console does its own work."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve(sockets=[self._listening])


def console_settings(database: ClickHouseServer, accounts: Path, **changes: object) -> ConsoleSettings:
    """Return settings of a console that works as the user `console`."""
    values: dict[str, object] = {
        "clickhouse_password": SecretStr(database.passwords["console"]),
        "accounts_file": str(accounts),
        "poll_seconds": 0.2,
        "poll_share": 0.5,
        "login_tries": 1000,
    }
    return ConsoleSettings.model_validate(values | changes)


@pytest.fixture(scope="session")
def accounts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with an account of each kind."""
    file = tmp_path_factory.mktemp("accounts") / "accounts.json"
    for name, grant in ACCOUNTS.items():
        Accounts(file).put(name, grant, PASSWORD)
    return file


@pytest.fixture(scope="session")
def console(database: ClickHouseServer, city: City, accounts_file: Path) -> Iterator[RunningConsole]:
    """The console over the example district."""
    del city
    served = RunningConsole(console_settings(database, accounts_file), settings_for(database, "writer"))
    served.start()
    yield served
    served.stop()


@pytest.fixture
def client(console: RunningConsole) -> Iterator[httpx.Client]:
    """A client that has not logged in."""
    with httpx.Client(base_url=console.url, timeout=20) as client:
        yield client


def browser_path() -> str | None:
    """Return the system's Chromium; None where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real headless browser, of one module: while it is open, the thread has no other asyncio."""
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium fonts-noto-cjk")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, console: RunningConsole) -> Iterator[BrowserContext]:
    """A browser of its own, in Chinese."""
    context = browser.new_context(base_url=console.url, locale="zh-CN")
    yield context
    context.close()
