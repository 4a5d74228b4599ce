"""Decisions of the console's reviews in effect, by the command line, on the real broker and ClickHouse."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from deploy.cli import pulse
from deploy.console.database import Database
from deploy.console.decisions import Decision
from deploy.console.people import Person, Role
from deploy.console.settings import ConsoleSettings
from deploy.local.clickhouse import ClickHouseServer
from deploy.settings import load_settings
from producers.contract import Kind
from sinks.clickhouse import ClickHouse
from sinks.count_check import CountCheck
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Level, Progress, Tag, Tagged
from streams.contract import Path as UnitPath
from streams.estates.candidates import candidate_id
from streams.estates.registry import Area, Estate, Registry
from streams.estates.registry_files import read_registry, write_registry
from tests.sinks.made import HOUR, fact, store

pytestmark = pytest.mark.stack

NAME = "星河左岸苑"
CANDIDATE = candidate_id(NAME)
DAY = dt.datetime(2021, 4, 5, 4, 0, tzinfo=dt.UTC)
"""Noon of a day of which no other test has facts: the databases are shared."""
TODAY = DAY + dt.timedelta(days=30)
PART = 41
AREAS = [
    Area("city", Level.CITY, "深圳市"),
    Area("d1", Level.DISTRICT, "坪山区", "city"),
    Area("s1", Level.STREET, "坑梓街道", "d1"),
]
ESTATES = [Estate("e1", "御景花园", "s1"), Estate("e2", "翠景豪庭", "d1")]


class Reviewed:
    """A registry file, facts of our own, and the decisions of the console's administrator."""

    def __init__(self, server: ClickHouseServer, registry: Path, admin: ClickHouse) -> None:
        self.registry = registry
        self._admin = admin
        self.sinks: SinksSettings = load_settings().sinks
        self.source = f"source-{uuid.uuid4().hex[:8]}"
        self._sink = ClickHouseSink(self.sinks)
        self._server = ClickHouse(self.sinks.clickhouse)
        password = SecretStr(server.passwords["console"])
        self._console = Database(
            self.sinks, ConsoleSettings.model_validate({"clickhouse_password": password})
        )
        self._next = 0

    def complain(self, path: UnitPath, at: dt.datetime = DAY, **fields: Any) -> Tagged:
        """Store a complaint that was counted, as the streams would have."""
        self._next += 1
        tag = Tag(estate_id=path.estate, name="", surface=NAME, rule="name", confidence=0.4)
        values = {"source": self.source, "path": path, "part": PART, "tag": tag, **fields}
        made = fact(self._next, at, **values)
        store(self._sink, [made])
        clock_ms = round(TODAY.timestamp() * 1000)
        mark = Progress(epoch=1, part=PART, next=self._next + 1, clock_ms=clock_ms, registry_version="v")
        self._sink.insert_progress([mark])
        midnight = at.replace(hour=0) - 8 * HOUR  # of Shanghai
        self._sink.recount_days(1, PART, self._next + 1, [int(midnight.timestamp())])
        return made

    def decide(
        self, kind: str, verdict: str, about: Tagged | None = None, estate: str = "", **more: Any
    ) -> None:
        """Decide as the console does, with its rights."""
        empty = dict.fromkeys(("name", "source", "request_id", "event_id"), "")
        if about is not None:
            empty |= {"source": about.source, "request_id": about.request_id, "event_id": about.event_id}
            more |= {"tagged_estate_id": about.path.estate, "tag_rule": "name", "tag_confidence": 0.4}
        values = {**empty, "kind": kind, "verdict": verdict, "estate_id": estate, **more}
        asyncio.run(self._console.decide(Decision(**values), Person("zhou", Role.ADMINISTRATOR)))

    def run(self, *command: str, exit_code: int = 0) -> Any:
        """Run a command that takes a registry; return its JSON."""
        done = CliRunner().invoke(pulse, [*command, "--registry", str(self.registry), "--json"])
        assert done.exit_code == exit_code, done.output
        return json.JSONDecoder().raw_decode(done.stdout)[0]

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the views for BI about what this test stored."""
        return self._server.execute(query, {"source": self.source})

    def requests(self) -> dict[str, str]:
        """Return the estate of each request, by its number, once they are put together."""
        RequestKeeper(self.sinks).keep_all()
        return dict(self.ask("SELECT request_id, estate_id FROM bi.requests WHERE source = {source:String}"))

    def estates(self) -> dict[str, str]:
        """Return the estate of each complaint, by request."""
        return dict(
            self.ask("SELECT request_id, estate_id FROM bi.complaints WHERE source = {source:String}")
        )

    def lose_ticket(self, of: Tagged) -> None:
        """Delete every ticket of a request."""
        self._admin.execute(
            "ALTER TABLE pulse.request_changes DELETE WHERE has(request_ids, {number:String})"
            " SETTINGS mutations_sync = 1",
            {"number": of.request_id},
        )

    def counted(self) -> dict[tuple[str, str], int]:
        """Return what counts on DAY, by level and unit; and prove that it is what the facts say."""
        assert CountCheck(self.sinks).run(DAY.date(), DAY.date()).is_exact
        days = f"grain = 'day' AND local_date = '{DAY.date()}' AND opened > 0"
        rows = self.ask(f"SELECT level, unit, opened FROM bi.unit_counts WHERE {days}")
        return {(level, unit): opened for level, unit, opened in rows}

    def close(self) -> None:
        self._server.close()
        self._sink.close()
        self._console.close()


@pytest.fixture
def reviewed(platform: str, clickhouse_server: ClickHouseServer, tmp_path: Path) -> Iterator[Reviewed]:
    del platform
    done = CliRunner().invoke(pulse, ["migrate"])
    assert done.exit_code == 0, done.output
    admin = ClickHouse(
        load_settings().sinks.clickhouse.model_copy(
            update={"user": "admin", "password": SecretStr(clickhouse_server.passwords["admin"])}
        )
    )
    write_registry(Registry(ESTATES, AREAS), tmp_path / "registry.csv")
    made = Reviewed(clickhouse_server, tmp_path / "registry.csv", admin)
    yield made
    made.close()
    admin.execute("TRUNCATE TABLE pulse.review_decisions")
    for table in ("complaints", "unit_counts", "progress"):
        admin.execute(f"DELETE FROM pulse.{table} WHERE part = {PART}")
    admin.close()


def test_an_accepted_name_comes_into_the_registry_and_its_history_follows(reviewed: Reviewed) -> None:
    lacking = UnitPath(CANDIDATE, "", "s1", "d1", "city")
    requests = {reviewed.complain(lacking).request_id for _ in range(2)}
    [suggested] = [each for each in reviewed.run("registry", "suggest") if each["candidate"] == CANDIDATE]
    assert (suggested["messages"], suggested["spellings"]) == (2, [NAME])
    assert set(suggested["examples"]) == requests
    assert reviewed.run("review")["names"] == []

    reviewed.decide("name", "estate", name=CANDIDATE[1:])
    reviewed.decide("name", "alias", name="没人提过的名字", estate="gone")
    accepted, refused = reviewed.run("review", exit_code=1)["names"]
    assert (accepted["outcome"], refused["outcome"]) == ("accepted", "refused")
    estate = accepted["estate_id"]
    assert read_registry(reviewed.registry).estates[estate] == Estate(estate, NAME, "s1")
    assert reviewed.estates() == dict.fromkeys(requests, estate)
    assert reviewed.counted()["estate", estate] == 2
    assert ("estate", CANDIDATE) not in reviewed.counted()
    applied = "SELECT name, is_applied FROM bi.review_decisions ORDER BY is_applied"
    assert reviewed.ask(applied) == [("没人提过的名字", False), (CANDIDATE[1:], True)]
    assert CANDIDATE not in {each["candidate"] for each in reviewed.run("registry", "suggest")}
    again = reviewed.run("review", exit_code=1)["names"]
    assert [each["outcome"] for each in again] == ["known", "refused"]


def test_a_corrected_complaint_counts_at_the_right_estate_and_can_be_taken_back(reviewed: Reviewed) -> None:
    wrong = UnitPath("e1", "", "s1", "d1", "city")
    moved, dropped, kept, recent = (reviewed.complain(wrong, at) for at in (DAY, DAY, DAY, TODAY))
    reviewed.complain(wrong, DAY + HOUR, request_id=moved.request_id, kind=Kind.CLOSED)  # goes with it
    reviewed.run("registry", "suggest")
    reviewed.decide("name", "alias", name="御景", estate="e1")  # so that the registry is loaded
    reviewed.decide("tag", "other", moved, "e2")
    reviewed.decide("tag", "none", dropped)
    reviewed.decide("tag", "right", kept, "e1")
    reviewed.decide("tag", "other", recent, "e2")
    assert reviewed.requests()[moved.request_id] == "e1"
    done = reviewed.run("review")
    assert [(each["request_id"], each["to"]) for each in done["moved"]] == [
        (moved.request_id, "e2"),
        (dropped.request_id, "unplaced"),
    ]
    assert [each["request_id"] for each in done["waiting"]] == [recent.request_id]
    assert reviewed.counted() == {
        **{("estate", "e1"): 1, ("estate", "e2"): 1, ("estate", "unplaced"): 1},
        **{("street", "s1"): 1, ("district", "d1"): 2, ("city", "city"): 3},
    }
    quality = (
        "SELECT tag_rule, confidence_from, sum(complaints), sum(reviewed), sum(reviewed_right),"
        " sum(reviewed_wrong) FROM bi.tag_quality WHERE source = {source:String} GROUP BY ALL"
    )
    assert reviewed.ask(quality) == [("name", 0.4, 4, 4, 1, 3)]
    reviewed.lose_ticket(moved)  # the server died right after it had stored the facts
    assert reviewed.requests()[moved.request_id] == "e1"
    assert reviewed.run("review")["moved"] == []
    assert reviewed.requests() == reviewed.estates()

    reviewed.decide("tag", "open", moved)
    assert [each["to"] for each in reviewed.run("review")["moved"]] == ["e1"]
    assert reviewed.counted()["estate", "e1"] == 2
    assert ("estate", "e2") not in reviewed.counted()
    tags = "SELECT DISTINCT tag_rule, tag_confidence FROM bi.complaints WHERE source = {source:String}"
    assert sorted(reviewed.ask(tags)) == [("name", 0.4), ("review", 1.0)]
