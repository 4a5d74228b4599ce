"""What is answered to whom: real requests to a real console over a real ClickHouse."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from msgspec import structs
from starlette.routing import Route

from deploy.console.app import VIEWS
from deploy.console.series import DAY, Grain
from deploy.console.site import surge_path
from deploy.local.clickhouse import ClickHouseServer
from producers.contract import Kind
from sinks.clickhouse import ClickHouse
from streams.contract import Level, SurgeState, Tagged
from tests.deploy.console.city import HOUR, KENGZI, NOW, PINGSHAN, City
from tests.deploy.console.conftest import RunningConsole, console_settings
from tests.deploy.console.signing_in import csrf_of, log_in
from tests.sinks.conftest import ZONE, settings_for

pytestmark = pytest.mark.stack

OPEN = {"/login", "/healthz", "/logout", "/static"}
ONE = "estate:440310001:12345/s-one/1"
OWN = "estate:440310001:12345/s-own/1"
OTHER = "estate:440310002:12345/s-other/1"
"""Ids of surges hold the opening request's, slashes and all."""
TURNS = {Kind.OPENED, Kind.CLOSED, Kind.REOPENED}
"""What a request is open or closed by."""
ACTION = {"action": "acknowledge", "reason": "called the property company"}


@pytest.fixture
def operator(client: httpx.Client) -> httpx.Client:
    log_in(client, "wang")
    return client


@pytest.fixture
def street(console: RunningConsole) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=console.url, timeout=20) as client:
        log_in(client, "street")
        yield client


def act(client: httpx.Client, surge: str, **fields: str) -> httpx.Response:
    token = csrf_of(client.get(f"/surges/{surge}").text)
    return client.post(f"/surges/{surge}/actions", data={"csrf": token, **ACTION, **fields})


def actions(database: ClickHouseServer, surge: str) -> list[tuple[object, ...]]:
    server = ClickHouse(settings_for(database, "admin").clickhouse)
    query = (
        "SELECT action, actor, role, level, reason, until IS NULL FROM bi.surge_actions"
        " WHERE surge_id = {surge:String} ORDER BY at"
    )
    rows = server.execute(query, {"surge": surge})
    server.close()
    return rows


def filled(path: str) -> str:
    values = {"{surge:path}": ONE, "{level}": "street", "{unit:path}": PINGSHAN}
    for name, value in values.items():
        path = path.replace(name, value)
    return path


def test_nothing_is_readable_without_a_login(
    console: RunningConsole, client: httpx.Client, city: City
) -> None:
    city.surge(city.estates(PINGSHAN)[0], ONE)
    routes = [route for route in console.app.routes if getattr(route, "path", "") not in OPEN]
    assert len(routes) > 2 * len(VIEWS)
    for route in routes:
        assert isinstance(route, Route)
        method = "POST" if "POST" in (route.methods or ()) else "GET"
        answer = client.request(method, filled(route.path))
        is_page = method == "GET" and not route.path.startswith("/api")
        assert answer.status_code == (303 if is_page else 401), route.path
        assert city.name(city.estates(PINGSHAN)[0]) not in answer.text


def test_every_page_and_its_data_answer_an_account(operator: httpx.Client, city: City) -> None:
    city.surge(city.estates(PINGSHAN)[0], ONE)
    for view in VIEWS:
        page = operator.get(filled(view.path), params={"q": "花园", "lang": "en"})
        assert page.status_code == 200, (view.path, page.text)
        assert 'lang="en"' in page.text
        data = operator.get("/api" + filled(view.path), params={"q": "花园"})
        assert data.status_code == 200 and json.loads(data.text)


def test_every_answer_carries_the_policy(client: httpx.Client) -> None:
    for path in ("/", "/login", "/static/console.css", "/api/surges", "/no/such/page"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        kept = headers["cache-control"]
        assert ("immutable" in kept) == path.startswith("/static"), path


def test_a_wrong_password_and_a_wrong_name_look_the_same(client: httpx.Client) -> None:
    wrong = log_in(client, "wang", "not the password")
    nobody = log_in(client, "no such account", "not the password")
    assert wrong.status_code == nobody.status_code == 401
    assert client.get("/").status_code == 303


def test_one_returns_to_where_one_was_going_and_nowhere_else(client: httpx.Client) -> None:
    first = client.get("/surges?state=open")
    assert first.headers["location"] == "/login?next=%2Fsurges%3Fstate%3Dopen"
    token = csrf_of(client.get("/login").text)
    form = {"csrf": token, "name": "wang", "password": "a long password"}
    answer = client.post("/login?next=//evil.example", data=form)
    assert answer.headers["location"] == "/"
    session = answer.headers["set-cookie"].lower()
    assert "httponly" in session and "samesite=lax" in session


def test_an_action_is_noted_with_who_and_why(
    operator: httpx.Client, database: ClickHouseServer, no_surges: City
) -> None:
    no_surges.surge(no_surges.estates(PINGSHAN)[0], ONE)
    assert act(operator, ONE).status_code == 303
    assert act(operator, ONE, action="silence", hours="4").status_code == 303
    assert act(operator, ONE, action="raise").status_code == 303
    reason = ACTION["reason"]
    assert actions(database, ONE) == [
        ("acknowledge", "wang", "operator", "", reason, 1),
        ("silence", "wang", "operator", "", reason, 0),
        ("raise", "wang", "operator", "community", reason, 1),
    ]
    page = operator.get(f"/surges/{ONE}", params={"lang": "en"}).text
    assert "Silence" in page and reason in page and "not acknowledged" in page


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"reason": "  "}, 400),
        ({"reason": "x" * 501}, 400),
        ({"action": "delete"}, 400),
        ({"action": "silence", "hours": "-1"}, 400),
        ({"action": "silence", "hours": "nan"}, 400),
        ({"csrf": "another token"}, 403),
        ({"reason": "x" * 20_000}, 413),
    ],
)
def test_a_form_that_lacks_something_changes_nothing(
    operator: httpx.Client, database: ClickHouseServer, no_surges: City, fields: dict[str, str], status: int
) -> None:
    no_surges.surge(no_surges.estates(PINGSHAN)[0], ONE)
    assert act(operator, ONE, **fields).status_code == status
    assert actions(database, ONE) == []


def test_a_form_of_another_site_changes_nothing(
    operator: httpx.Client, database: ClickHouseServer, no_surges: City
) -> None:
    no_surges.surge(no_surges.estates(PINGSHAN)[0], ONE)
    token = csrf_of(operator.get(f"/surges/{ONE}").text)
    sent = operator.post(
        f"/surges/{ONE}/actions",
        data={"csrf": token, **ACTION},
        headers={"origin": "https://evil.example"},
    )
    assert sent.status_code == 403
    assert actions(database, ONE) == []


def test_a_viewer_cannot_act(client: httpx.Client, database: ClickHouseServer, no_surges: City) -> None:
    no_surges.surge(no_surges.estates(PINGSHAN)[0], ONE)
    log_in(client, "li")
    page = client.get(f"/surges/{ONE}").text
    assert "/actions" not in page
    token = csrf_of(client.get("/").text)  # of the form that logs out
    sent = client.post(f"/surges/{ONE}/actions", data={"csrf": token, **ACTION})
    assert sent.status_code == 403
    assert actions(database, ONE) == []


def test_a_list_shows_what_its_link_asks_for(operator: httpx.Client, no_surges: City) -> None:
    estate = no_surges.estates(PINGSHAN)[0]
    over: dict[str, Any] = {
        "state": SurgeState.CLEARED,
        "opened_at": NOW - 9 * DAY,
        "cleared_at": NOW - 8 * DAY,
    }
    no_surges.surge(estate, "s-noise")
    no_surges.surge(KENGZI, "s-street", categories={"parking": 2})
    no_surges.surge(estate, "s-over", updated_at=NOW - 8 * DAY, **over)
    asked = {
        "": {"s-noise", "s-street", "s-over"},
        "state=open": {"s-noise", "s-street"},
        "state=cleared": {"s-over"},
        "level=street": {"s-street"},
        "category=noise": {"s-noise", "s-over"},
        f"words={no_surges.name(KENGZI)}": {"s-street"},
        "words=s-over": {"s-over"},
        f"unit=street:{PINGSHAN}": {"s-noise", "s-over"},
        "first=2021-11-30": {"s-noise", "s-street"},
        "last=2021-11-29&state=open": set(),
        "level=street&category=noise": set(),
    }
    for query, expected in asked.items():
        found = json.loads(operator.get(f"/api/surges?{query}").text)["surges"]
        assert {row["surge_id"] for row in found} == expected, query
        page = operator.get(f"/surges?{query}").text
        assert all((f"/surges/{surge}" in page) is (surge in expected) for surge in asked[""]), query


def test_a_street_sees_its_own_and_nothing_else(street: httpx.Client, no_surges: City) -> None:
    own, other = no_surges.estates(PINGSHAN)[0], no_surges.estates(KENGZI)[0]
    no_surges.surge(own, OWN)
    no_surges.surge(other, OTHER)
    hidden = ("s-other", f"units/estate/{other}")
    shown = [view.path for view in VIEWS if "{" not in view.path]
    for path in (*shown, f"/search?q={no_surges.name(other)}", f"/units/street/{PINGSHAN}"):
        for address in (path, f"/api{path}"):
            text = street.get(address).text
            assert not [each for each in hidden if each in text], address
            assert f'"{other}"' not in text, address
    assert "s-own" in street.get("/surges").text
    refused = (
        f"/surges/{OTHER}",
        f"/units/estate/{other}",
        f"/units/estate/{other}/requests",
        f"/units/street/{KENGZI}",
        "/units/city/440300",
    )
    for path in refused:
        assert street.get(path).status_code == street.get(f"/api{path}").status_code == 404, path
    assert street.get("/api/stream", params={"surge": OTHER}).status_code == 404
    token = csrf_of(street.get(f"/surges/{OWN}").text)
    sent = street.post(f"/surges/{OTHER}/actions", data={"csrf": token, **ACTION})
    assert sent.status_code == 404


def test_who_comes_through_the_proxy_is_who_it_says_and_sees_the_own_estate(
    database: ClickHouseServer, accounts_file: Path, no_surges: City
) -> None:
    own, other = no_surges.estates(PINGSHAN)[:2]
    no_surges.surge(own, OWN)
    no_surges.surge(other, OTHER)
    proxy = {"addresses": ["127.0.0.1"], "groups": {"staff": f"operator@estate:{own}"}}
    settings = console_settings(database, accounts_file, proxy=proxy)
    console = RunningConsole(settings, settings_for(database, "writer"))
    console.start()
    with httpx.Client(base_url=console.url, timeout=30) as client:
        assert client.get("/").status_code == 303, "the proxy has named nobody"
        client.headers.update({"x-forwarded-user": "chen", "x-forwarded-groups": "all,staff"})
        listed = client.get("/surges").text
        assert "s-own" in listed and "s-other" not in listed and "chen" in listed
        for path in (f"/surges/{OTHER}", f"/units/estate/{other}", f"/units/street/{PINGSHAN}"):
            assert client.get(path).status_code == 404, path
        forged = client.post(f"/surges/{OWN}/actions", data=ACTION)
        assert forged.status_code == 403, "the proxy's word is no form of ours"
        assert act(client, OWN).status_code == 303
    console.stop()
    assert [row[:3] for row in actions(database, OWN)] == [("acknowledge", "chen", "operator")]


def test_complaints_of_others_are_in_no_list_of_a_street(street: httpx.Client, city: City) -> None:
    feed = json.loads(street.get("/api/").text)["feed"]
    review = json.loads(street.get("/api/review").text)
    assert feed and {row["street_id"] for row in [*feed, *review["tags"]]} == {PINGSHAN}
    elsewhere = next(fact for fact in city.facts if fact.path.street == KENGZI)
    found = json.loads(street.get("/api/search", params={"q": elsewhere.request_id}).text)
    assert found["requests"] == []


def opened_on(city: City, day: str) -> list[Tagged]:
    """The complaints of a local day."""
    zone = ZoneInfo(ZONE)
    opened = (fact for fact in city.facts if fact.kind is Kind.OPENED)
    return [fact for fact in opened if fact.occurred_at.astimezone(zone).date().isoformat() == day]


def test_figures_are_those_of_the_facts(operator: httpx.Client, city: City) -> None:
    expected = len(opened_on(city, "2021-11-30"))
    deadline = time.monotonic() + 10
    while json.loads(operator.get("/api/").text)["tiles"]["figures"]["today"] != expected:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert expected > 10


def test_a_unit_s_chart_holds_the_counts_of_the_facts(operator: httpx.Client, city: City) -> None:
    data = json.loads(operator.get(f"/api/units/street/{PINGSHAN}", params={"grain": "day"}).text)
    rows = {row["label"]: row["count"] for row in data["chart"]["rows"]}
    for day in ("2021-11-19", "2021-11-20", "2021-10-12"):
        there = [fact for fact in opened_on(city, day) if fact.path.street == PINGSHAN]
        assert rows[day] == len(there), day
    assert sum(rows.values()) > 100


def test_every_level_has_the_same_page_with_bands_and_surges_in_each_chart(
    operator: httpx.Client, no_surges: City
) -> None:
    estate = no_surges.estates(PINGSHAN)[0]
    no_surges.surge(estate, ONE)
    path = no_surges.path(estate)
    for level in Level:
        unit = getattr(path, level.value)
        for grain in Grain:
            data = json.loads(operator.get(f"/api/units/{level}/{unit}", params={"grain": grain}).text)
            assert bool(data["chart"]["spans"]) is (level is Level.ESTATE), "its own are shaded"
            # The facts of the tests begin in autumn: of no month is the year before known.
            assert bool(data["chart"]["band"]) is (grain is not Grain.MONTH), (level, grain)
            assert sum(row["count"] for row in data["chart"]["rows"]) > 0
        assert data["categories"] and [each["surge_id"] for each in data["surges"]] == [ONE]
        assert bool(data["inside"]) is (level is not Level.ESTATE)
        page = operator.get(f"/units/{level}/{unit}", params={"lang": "en"}).text
        known = no_surges.registry.estates[estate].property_company if level is Level.ESTATE else "companies"
        assert known and known in page


def test_a_surge_says_what_sets_its_complaints_apart(operator: httpx.Client, no_surges: City) -> None:
    estate = no_surges.estates(PINGSHAN)[2]
    made = no_surges.complain_at_once([estate] * 8, "水管爆裂淹了地下车库")
    no_surges.surge(estate, ONE, request_ids=tuple(fact.request_id for fact in made))
    shown = json.loads(operator.get(f"/api/surges/{ONE}").text)
    assert "水管爆裂淹了地下车库" in shown["words"]
    assert not [word for word in shown["words"] if word in no_surges.name(estate)]


def test_a_surge_says_what_became_of_its_requests_until_people_call_it_none(
    operator: httpx.Client, no_surges: City
) -> None:
    estate = no_surges.estates(PINGSHAN)[3]
    made = no_surges.complain_at_once([estate] * 3, "电梯停运", NOW - 2 * HOUR)
    closed = [
        structs.replace(fact, kind=Kind.CLOSED, event_id=f"{fact.event_id}-closed", occurred_at=NOW)
        for fact in made
    ]
    no_surges.facts += closed
    numbers = tuple(fact.request_id for fact in made)
    no_surges.surge(
        estate,
        OWN,
        request_ids=numbers[:1],
        category="noise",
        state=SurgeState.CLEARED,
        opened_at=NOW - 60 * HOUR,
        cleared_at=NOW - 30 * HOUR,
    )
    no_surges.surge(estate, ONE, request_ids=numbers, category="noise")

    no_surges.store(closed[:2])
    page = operator.get(f"/surges/{ONE}").text
    assert "办理中" in page and "1 件（共 3 件）" in page
    assert f'href="{surge_path(OWN)}"' in page, "it is a relapse of the earlier one"
    before = operator.get(f"/surges/{OWN}", params={"lang": "en"}).text
    assert "relapsed" in before and f'href="{surge_path(ONE)}"' in before

    no_surges.store(closed[2:])
    assert json.loads(operator.get(f"/api/surges/{ONE}").text)["case"]["own"]["case_status"] == "solved"
    assert act(operator, ONE, action="not_a_surge").status_code == 303
    assert json.loads(operator.get(f"/api/surges/{ONE}").text)["case"] is None
    assert "relapsed" not in operator.get(f"/surges/{OWN}", params={"lang": "en"}).text


def test_requests_are_followed_to_their_end(operator: httpx.Client, city: City) -> None:
    stories: dict[str, list[Tagged]] = defaultdict(list)
    for fact in sorted(city.facts, key=lambda each: (each.occurred_at, each.offset)):
        stories[f"{fact.source}/{fact.request_id}"].append(fact)
    own = [
        facts
        for facts in stories.values()
        if any(fact.kind is Kind.OPENED and fact.path.street == PINGSHAN for fact in facts)
    ]
    last = [[fact.kind for fact in facts if fact.kind in TURNS][-1] for facts in own]
    stand = json.loads(operator.get(f"/api/units/street/{PINGSHAN}/requests").text)["stand"]
    assert stand["opened"] == len(own) > 50
    assert stand["assigned"] == sum(any(fact.kind is Kind.ASSIGNED for fact in facts) for facts in own) > 0
    assert stand["closed"] == sum(kind is Kind.CLOSED for kind in last) > 0
    page = operator.get(f"/units/street/{PINGSHAN}/requests", params={"lang": "en"}).text
    for share in (stand["assigned"], stand["closed"]):
        assert f"<b>{100 * share / stand['opened']:.0f}%</b>" in page


def test_logins_are_limited(database: ClickHouseServer, accounts_file: Path) -> None:
    settings = console_settings(database, accounts_file, login_tries=3)
    console = RunningConsole(settings, settings_for(database, "writer"))
    console.start()
    with httpx.Client(base_url=console.url, timeout=30) as client:
        codes = [log_in(client, "wang", f"guess {number}").status_code for number in range(4)]
        assert codes == [401, 401, 401, 429]
        assert log_in(client, "wang").status_code == 429, "the right password must not tell"
        assert log_in(client, "zhao").status_code == 429, "nor may the address go on with another account"
    console.stop()
