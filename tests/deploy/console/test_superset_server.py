"""A real Superset imports the dashboard, and shows it: every chart brings rows, by its API and on its page.

It takes a minute to start, so that all of it is in one module, and skips where none is installed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Response
from sqlalchemy.engine import make_url

from deploy.local.clickhouse import ClickHouseServer
from deploy.superset.city import CITY
from deploy.superset.export import ADDRESS
from deploy.superset.model import Chart
from tests.deploy.console.city import KENGZI, PINGSHAN, City
from tests.deploy.console.superset_server import Superset, kept, superset

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

CHARTS = [*CITY.charts()]
PAGE_MS = 120_000
"""With a busy machine: its pages are megabytes of script."""


@pytest.fixture(scope="module")
def district(city: City) -> City:
    """The district with a surge that goes on, and all complaints counted: other tests store some without."""
    city.count_days_of(*(fact.occurred_at for fact in city.facts))
    city.surge(city.estates(PINGSHAN)[0], "s-superset")
    return city


@pytest.fixture(scope="module")
def upload(database: ClickHouseServer) -> tuple[dict[str, str], str]:
    """What a city imports: the files that are kept, with its address in them, and its password."""
    there = database.address("bi")
    mine = make_url(ADDRESS).set(host=there.host, port=there.http_port)
    files, name = kept(), "databases/pulse.yaml"
    assert ADDRESS in files[name]
    files[name] = files[name].replace(ADDRESS, mine.render_as_string(hide_password=False))
    return files, json.dumps({name: there.password})


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, district: City, upload: tuple[dict[str, str], str]
) -> Iterator[Superset]:
    """A Superset that has imported it."""
    del district
    with superset(tmp_path_factory.mktemp("superset")) as session:
        session.import_dashboard(*upload)
        yield session


def test_superset_shows_every_chart(server: Superset) -> None:
    assert {*server.charts(CITY.slug)} == {chart.title for chart in CHARTS}


@pytest.mark.parametrize("chart", CHARTS, ids=lambda each: each.title)
def test_superset_gets_rows_for_every_chart(server: Superset, chart: Chart) -> None:
    rows = server.rows(server.charts(CITY.slug)[chart.title])
    assert rows
    asked = {*chart.by, *([chart.x] if chart.x else []), *chart.metrics}
    assert asked == {*rows[0]}


def test_superset_shows_the_figures_that_the_district_has(server: Superset, district: City) -> None:
    rows = server.rows(server.charts(CITY.slug)["Complaints by day and street"])
    for street in (PINGSHAN, KENGZI):
        opened = {
            (each.source, each.request_id, each.event_id)
            for each in district.facts
            if each.kind == "opened" and each.path.street == street
        }
        assert sum(row["complaints"] for row in rows if row["name"] == district.name(street)) == len(opened)


def test_a_later_version_replaces_what_was_imported(
    server: Superset, upload: tuple[dict[str, str], str]
) -> None:
    files, passwords = upload
    as_assets = files | {"metadata.yaml": files["metadata.yaml"].replace("Dashboard", "assets")}
    before = server.charts(CITY.slug)
    [chart, *_] = sorted(name for name in files if name.startswith("charts/"))
    server.replace(as_assets | {chart: files[chart].replace("slice_name: ", "slice_name: Later ")}, passwords)
    [later] = {*server.charts(CITY.slug)} - {*before}
    assert later.startswith("Later ")
    assert server.rows(server.charts(CITY.slug)[later])
    server.replace(as_assets, passwords)
    assert server.charts(CITY.slug) == before


def test_pages_of_superset_draw_every_chart(server: Superset, browser: Browser) -> None:
    # They make queries of their own, of what the API does not read.
    asked: list[Response] = []
    page = browser.new_page(viewport={"width": 1600, "height": 2400})  # what is out of sight is not asked for
    page.route(lambda url: not url.startswith(server.url), lambda route: route.abort())
    page.on("response", lambda each: asked.append(each) if "/api/v1/chart/data" in each.url else None)
    page.goto(f"{server.url}/login/")
    page.fill("#username", "admin")
    page.fill("#password", server.password)
    page.press("#password", "Enter")
    page.wait_for_url("**/welcome/", timeout=PAGE_MS)
    page.goto(f"{server.url}/superset/dashboard/{CITY.slug}/")
    picture = page.locator("canvas, table, .header-line")
    drawn = page.locator(".dashboard-chart").filter(has=picture)
    drawn.nth(len(CHARTS) - 1).wait_for(timeout=PAGE_MS)
    assert drawn.count() == len(CHARTS)
    assert len(asked) == len(CHARTS)
    for each in asked:
        assert each.ok, each.text()
        [result] = each.json()["result"]
        assert result["data"]
    page.close()
