"""Reviews: what is decided leaves the list and is kept; nobody decides what is not for him."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from deploy.local.clickhouse import ClickHouseServer
from sinks.clickhouse import ClickHouse
from streams.contract import Path, Tag, Tagged
from tests.deploy.console.city import KENGZI, PINGSHAN, City
from tests.deploy.console.conftest import RunningConsole
from tests.deploy.console.signing_in import csrf_of, log_in
from tests.sinks.conftest import settings_for

pytestmark = pytest.mark.stack

UNKNOWN = "幸福里新城"


class Accounts:
    """Clients that have logged in, one an account."""

    def __init__(self, url: str, until: ExitStack) -> None:
        self._url = url
        self._until = until
        self._clients: dict[str, httpx.Client] = {}

    def __getitem__(self, name: str) -> httpx.Client:
        if name not in self._clients:
            client = self._until.enter_context(httpx.Client(base_url=self._url, timeout=20))
            log_in(client, name)
            self._clients[name] = client
        return self._clients[name]

    def decide(self, name: str, /, **form: str) -> int:
        client = self[name]
        token = csrf_of(client.get("/review").text)
        return client.post("/review/decisions", data={"csrf": token, **form}).status_code

    def review(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self[name].get("/api/review").text)
        return found


@pytest.fixture
def people(console: RunningConsole) -> Iterator[Accounts]:
    with ExitStack() as until:
        yield Accounts(console.url, until)


@pytest.fixture
def nothing_decided(database: ClickHouseServer) -> None:
    server = ClickHouse(settings_for(database, "admin").clickhouse)
    server.execute("TRUNCATE TABLE pulse.review_decisions")
    server.close()


@pytest.fixture
def doubtful(city: City, nothing_decided: None) -> Tagged:
    """A complaint of the street whose estate is not sure."""
    del nothing_decided
    return unsure(city, city.estates(PINGSHAN)[0])


def unsure(city: City, estate: str) -> Tagged:
    tag = Tag(estate_id=estate, name=city.name(estate), surface="", rule="name", confidence=0.05)
    return city.complain(estate, "哪个小区说不清", tag=tag)


def about(fact: Tagged) -> dict[str, str]:
    return {"kind": "tag", "source": fact.source, "request_id": fact.request_id, "event_id": fact.event_id}


def listed(review: dict[str, Any], fact: Tagged) -> bool:
    return any(row["event_id"] == fact.event_id for row in review["tags"])


def test_a_tag_is_right_and_can_be_taken_back(people: Accounts, doubtful: Tagged) -> None:
    assert listed(people.review("wang"), doubtful)
    assert people.decide("wang", **about(doubtful), verdict="right") == 303
    after = people.review("wang")
    assert not listed(after, doubtful)
    assert [(row["verdict"], row["estate_id"], row["actor"]) for row in after["decided"]] == [
        ("right", doubtful.path.estate, "wang")
    ]
    assert people.review("zhao")["decided"] == []  # another account's
    assert people.decide("zhao", **about(doubtful), verdict="open") == 404
    assert people.decide("wang", **about(doubtful), verdict="open") == 303
    assert listed(people.review("wang"), doubtful)


def test_another_estate_is_named_by_its_name_or_alias(people: Accounts, doubtful: Tagged, city: City) -> None:
    other = city.estates(PINGSHAN)[1]
    for typed in ("", "没有这个小区"):
        assert people.decide("wang", **about(doubtful), verdict="other", estate=typed) == 400
    assert people.decide("wang", **about(doubtful), verdict="other", estate=f" {city.name(other)} ") == 303
    [row] = people.review("wang")["decided"]
    assert (row["verdict"], row["estate_id"]) == ("other", other)


def test_a_street_decides_about_its_own_alone(people: Accounts, doubtful: Tagged, city: City) -> None:
    elsewhere = unsure(city, city.estates(KENGZI)[0])
    assert people.decide("street", **about(elsewhere), verdict="right") == 404
    foreign = city.name(city.estates(KENGZI)[0])
    assert people.decide("street", **about(doubtful), verdict="other", estate=foreign) == 400
    assert people.decide("street", **about(doubtful), verdict="none") == 303


@pytest.mark.usefixtures("nothing_decided")
def test_names_are_for_administrators(people: Accounts, city: City) -> None:
    city.complain(city.estates(PINGSHAN)[0], "新小区没有路灯", path=Path(f"?{UNKNOWN}"), tag=None)
    form = {"kind": "name", "name": UNKNOWN, "verdict": "alias", "estate": city.estates(PINGSHAN)[0]}
    assert UNKNOWN in {row["name"] for row in people.review("zhou")["names"]}
    assert people.decide("wang", **form) == 403
    assert people.decide("zhou", **form) == 303
    after = people.review("zhou")
    assert UNKNOWN not in {row["name"] for row in after["names"]}
    assert (after["decided"][0]["name"], after["decided"][0]["estate_id"]) == (UNKNOWN, form["estate"])


def test_viewers_decide_nothing_and_foreign_forms_neither(people: Accounts, doubtful: Tagged) -> None:
    assert "verdict" not in people["li"].get("/review").text
    token = csrf_of(people["li"].get("/").text)
    form = {**about(doubtful), "verdict": "right"}
    assert people["li"].post("/review/decisions", data={"csrf": token, **form}).status_code == 403
    assert people["wang"].post("/review/decisions", data={"csrf": "guess", **form}).status_code == 403
    for lack in ({"kind": "tax"}, {"verdict": "alias"}, {"event_id": ""}):
        assert people.decide("wang", **{**form, **lack}) == 400
