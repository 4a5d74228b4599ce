"""People at work: real headless Chromium before a real console over a real ClickHouse."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, ViewportSize, expect

from streams.contract import Path
from tests.deploy.console.city import KENGZI, PINGSHAN, City
from tests.deploy.console.conftest import RunningConsole
from tests.deploy.console.signing_in import open_as

pytestmark = pytest.mark.stack

LOAD_SECONDS = int(os.environ.get("CONSOLE_LOAD_SECONDS", "60"))
"""For how long the page is under load: a minute, or less for whoever has no time."""
RATE = 200
"""Complaints a second."""
WATCH_TASKS = """() => {
  window.tasks = [];
  new PerformanceObserver(list => list.getEntries().forEach(task => window.tasks.push(task.duration)))
    .observe({type: "longtask"});
}"""
"""Notes the tasks of the page's scripts that took 50 ms or more: while one runs, nobody is answered."""


@pytest.fixture
def second(browser: Browser, console: RunningConsole) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=console.url, locale="zh-CN")
    yield context
    context.close()


def test_a_surge_appears_is_acknowledged_and_leaves_every_list(
    context: BrowserContext, second: BrowserContext, no_surges: City
) -> None:
    estate = no_surges.estates(PINGSHAN)[0]
    name = no_surges.name(estate)
    mine, theirs = open_as(context, "wang"), open_as(second, "zhao")
    for page in (mine, theirs):
        expect(page.get_by_text("目前没有待处理的异常")).to_be_visible()
        expect(page.locator("#link")).to_have_text("实时")

    no_surges.surge(estate, "estate:440310001:12345/s-live/1")
    for page in (mine, theirs):
        expect(page.locator("[data-list=new]").get_by_role("link", name=name)).to_be_visible()
    expect(theirs.locator("#news")).to_have_text(f"新异常：{name}")

    mine.locator("[data-list=new]").get_by_role("link", name=name).click()
    mine.get_by_label("理由").fill("已电话联系物业公司")
    mine.get_by_role("button", name="签收").click()
    expect(mine.locator("#handling")).to_have_text("已签收 · wang")
    expect(mine.locator("#deeds")).to_contain_text("已电话联系物业公司")

    expect(theirs.locator("[data-list=new]")).to_have_count(0)
    expect(theirs.locator("[data-list=taken]")).to_contain_text("wang")


def test_an_open_page_of_a_surge_shows_what_others_do(
    context: BrowserContext, second: BrowserContext, no_surges: City
) -> None:
    no_surges.surge(no_surges.estates(PINGSHAN)[0], "estate:440310001:12345/s-two/1")
    mine, theirs = (
        open_as(context, "wang", "/surges/estate:440310001:12345/s-two/1"),
        open_as(second, "zhao", "/surges/estate:440310001:12345/s-two/1"),
    )
    theirs.get_by_label("理由").fill("我正在写")
    mine.get_by_label("理由").fill("重复施工，已叫停")
    mine.get_by_role("button", name="已解决").click()
    expect(theirs.locator("#deeds")).to_contain_text("重复施工，已叫停")
    expect(theirs.get_by_label("理由")).to_have_value("我正在写")


def test_a_complaint_appears_in_the_feed_the_tiles_and_on_the_map(
    context: BrowserContext, no_surges: City
) -> None:
    page = open_as(context, "wang")
    expect(page.locator("#link")).to_have_text("实时")
    estate = no_surges.estates(PINGSHAN)[0]
    today = page.locator("#tiles .tile", has_text="今日诉求").locator("b")
    before, dots = int(today.inner_text()), page.locator(f"[data-dot='{estate}']")
    for number in range(3):
        no_surges.complain(estate, f"刚刚发生的投诉{number}")
    expect(page.locator("#feed")).to_contain_text("刚刚发生的投诉2")
    expect(today).to_have_text(str(before + 3))
    label = re.compile(rf"{no_surges.name(estate)}：今日 ")
    expect(dots.locator("title")).to_have_text(label)
    assert page.locator("#feed li").count() <= 30


def test_markup_in_a_complaint_stays_text(context: BrowserContext, no_surges: City) -> None:
    page = open_as(context, "wang")
    expect(page.locator("#link")).to_have_text("实时")
    hostile = "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>"
    no_surges.complain(no_surges.estates(PINGSHAN)[1], hostile)
    expect(page.locator("#feed")).to_contain_text("onerror=")
    page.reload()
    expect(page.locator("#feed")).to_contain_text("onerror=")
    assert "taken" not in page.title()
    assert page.locator("#feed img, #feed script").count() == 0


def test_a_viewer_has_no_buttons(context: BrowserContext, no_surges: City) -> None:
    no_surges.surge(no_surges.estates(PINGSHAN)[0], "estate:440310001:12345/s-one/1")
    page = open_as(context, "li", "/surges/estate:440310001:12345/s-one/1")
    expect(page.get_by_text("您只能查看。")).to_be_visible()
    expect(page.get_by_role("button", name="签收")).to_have_count(0)


def test_a_street_s_account_sees_only_its_estates(context: BrowserContext, no_surges: City) -> None:
    page = open_as(context, "street")
    expect(page.get_by_role("heading", level=1)).to_have_text(no_surges.name(PINGSHAN))
    expect(page.locator("#link")).to_have_text("实时")
    own, other = no_surges.estates(PINGSHAN)[0], no_surges.estates(KENGZI)[0]
    no_surges.surge(other, "estate:440310002:12345/s-other/1")
    no_surges.complain(other, "别的街道的投诉")
    no_surges.surge(own, "estate:440310001:12345/s-own/1")
    no_surges.complain(own, "本街道的投诉")
    expect(page.locator("#feed")).to_contain_text("本街道的投诉")
    expect(page.locator("[data-list=new] li")).to_have_count(1)
    expect(page.locator("[data-list=new]")).to_contain_text(no_surges.name(own))
    expect(page.locator("#feed")).not_to_contain_text("别的街道的投诉")
    streets = {estate: no_surges.path(estate).street for estate in no_surges.registry.estates}
    dots = page.locator("[data-dot]").evaluate_all("dots => dots.map(dot => dot.dataset.dot)")
    assert dots and {streets[dot] for dot in dots} == {PINGSHAN}


def test_every_view_keeps_the_policy_and_is_accessible(
    browser: Browser, console: RunningConsole, no_surges: City
) -> None:
    estate = no_surges.estates(PINGSHAN)[0]
    no_surges.surge(estate, "estate:440310001:12345/s-one/1")
    no_surges.complain(estate, "名录里没有的小区", path=Path("?幸福里三期"), tag=None)
    views = ("/", "/surges?state=open", "/surges/estate:440310001:12345/s-one/1", "/review", "/search?q=花园")
    units = (
        f"/units/estate/{estate}?grain=hour",
        f"/units/street/{PINGSHAN}",
        f"/units/estate/{estate}/requests",
    )
    dark = ("/", "/surges/estate:440310001:12345/s-one/1", units[0])
    looks: list[tuple[Literal["light", "dark"], str, tuple[str, ...]]] = [
        ("light", "zh", (*views, *units)),
        ("dark", "en", dark),
    ]
    for scheme, lang, paths in looks:
        context = browser.new_context(base_url=console.url, color_scheme=scheme, locale="zh-CN")
        said: list[str] = []
        asked: list[str] = []
        page = open_as(context, "zhou")  # who may do all that pages have buttons for
        overhear(page, said, asked)
        page.goto(f"/login?lang={lang}")
        assert_accessible(page, "/login")
        for path in paths:
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
            page.wait_for_timeout(150)
            assert page.locator("html").get_attribute("lang") == ("zh-CN" if lang == "zh" else "en")
            if page.locator("[data-lazy]").count():
                expect(page.locator("#requests .tile")).to_have_count(5)
            if path == "/review":
                expect(page.locator("#names form").first).to_be_visible()
            assert_accessible(page, path)
        assert said == []
        assert [url for url in asked if not url.startswith(console.url)] == []
        context.close()


def test_the_keyboard_is_enough(context: BrowserContext, no_surges: City) -> None:
    no_surges.surge(no_surges.estates(PINGSHAN)[0], "estate:440310001:12345/s-one/1")
    page = open_as(context, "wang", "/surges/estate:440310001:12345/s-one/1")
    page.keyboard.press("Tab")
    expect(page.get_by_text("跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.type("keyboard only")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="签收")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#deeds")).to_contain_text("keyboard only")


def test_a_phone_shows_all_without_scrolling_sideways(
    browser: Browser, console: RunningConsole, no_surges: City
) -> None:
    no_surges.surge(no_surges.estates(PINGSHAN)[0], "estate:440310001:12345/s-one/1")
    size = ViewportSize(width=390, height=844)
    context = browser.new_context(base_url=console.url, viewport=size, has_touch=True, locale="zh-CN")
    page = open_as(context, "wang")
    for path in (
        "/",
        "/surges",
        "/surges/estate:440310001:12345/s-one/1",
        "/review",
        "/search?q=花园",
        f"/units/street/{PINGSHAN}",
        f"/units/estate/{no_surges.estates(PINGSHAN)[0]}",
        f"/units/street/{PINGSHAN}/requests",
    ):
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], path
    context.close()


def test_a_stream_that_broke_is_taken_up_again(
    context: BrowserContext, console: RunningConsole, no_surges: City
) -> None:
    page = open_as(context, "wang")
    expect(page.locator("#link")).to_have_text("实时")
    console.site.is_closing = True
    console.wake()
    expect(page.locator("#link")).to_have_text("连接中断，正在重连")
    console.site.is_closing = False
    no_surges.surge(no_surges.estates(PINGSHAN)[0], "s-after")
    expect(page.locator("[data-list=new]")).to_be_visible()


def test_two_hundred_complaints_a_second_neither_fill_nor_slow_the_page(
    context: BrowserContext, no_surges: City
) -> None:
    page = open_as(context, "wang")
    expect(page.locator("#link")).to_have_text("实时")
    page.evaluate(WATCH_TASKS)
    watch = context.new_cdp_session(page)
    estates = cycle(no_surges.estates(PINGSHAN))
    sizes, sent, began = [], 0, time.monotonic()
    for second in range(LOAD_SECONDS):
        owed = round(RATE * (time.monotonic() - began + 1)) - sent  # a machine that was late makes up for it
        sent += len(no_surges.complain_at_once([*islice(estates, owed)], f"第{second}秒"))
        if second % 10 == 1:  # whoever types meanwhile is answered
            page.get_by_role("searchbox").fill(f"花园{second}")
            expect(page.get_by_role("searchbox")).to_have_value(f"花园{second}")
        if second in {2, LOAD_SECONDS - 1}:
            expect(page.locator("#feed")).to_contain_text(f"第{second}秒")
            sizes.append(settled(page, watch))
        page.wait_for_timeout(max(0, began + second + 1 - time.monotonic()) * 1000)
    (nodes, heap), (nodes_after, heap_after) = sizes
    tasks = page.evaluate("window.tasks")
    rate = sent / (time.monotonic() - began)
    print(f"{rate:.0f}/s: nodes {nodes}, {nodes_after}; heap {heap}, {heap_after}; long tasks, ms: {tasks}")
    assert nodes_after <= 1.1 * nodes
    assert heap_after <= heap + 1_000_000, "after 200 complaints a second"
    assert page.locator("#feed li").count() <= 30
    page.get_by_role("link", name="核对").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("核对")


def settled(page: Page, watch: CDPSession) -> tuple[int, int]:
    """Return the least of some looks at a page's memory: what is just being replaced counts twice."""
    looks = []
    for _ in range(5):
        looks.append(memory(watch))
        page.wait_for_timeout(100)
    return min(nodes for nodes, _ in looks), min(heap for _, heap in looks)


def memory(watch: CDPSession) -> tuple[int, int]:
    """Return how many nodes a page has, and the bytes of its scripts, when what is unused is gone."""
    watch.send("HeapProfiler.collectGarbage")
    counters = watch.send("Memory.getDOMCounters")
    return int(counters["nodes"]), int(watch.send("Runtime.getHeapUsage")["usedSize"])


def overhear(page: Page, said: list[str], asked: list[str]) -> None:
    """Note what the browser complains of, breaches of the policy among it, and whom it asks for things."""
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))


def assert_accessible(page: Page, path: str) -> None:
    """Fail on whatever axe-core finds."""
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    found = [(violation["id"], violation["nodes"][0]["html"]) for violation in results.response["violations"]]
    assert found == [], path
