"""`pulse replay --read topics` on a running stack: the log again, while the workers go on."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from typing import Any, Final

import pytest
from click.testing import CliRunner

from deploy.chaos.batch import Batch
from deploy.cli import pulse
from deploy.registry_loading import load_registry
from producers.contract import RAW_TOPIC, ComplaintEvent
from producers.publish import Publisher
from producers.records import event_record
from sinks.clickhouse import ClickHouse
from sinks.migrate import as_migrator
from sinks.raw_log import RawLog
from sinks.verify import Verification, Verifier
from streams.estates.registry import Estate, Registry
from streams.estates.registry_csv import format_csv
from streams.pipeline import Place, RawRecord
from tests.integration.platform import Platform, running_platform
from tests.streams.records import NOON, event, registry

pytestmark = pytest.mark.stack

HOTLINE, APP = "hotline", "app"
NEW: Final[dict[str, Any]] = {
    "title": "翠景豪庭电梯故障",
    "text": "翠景豪庭小区的电梯坏了。",
    "estate": "翠景豪庭",
}
"""About an estate that the registry comes to know later."""
SPAN = ("--from", "2021-06-01", "--to", "2021-06-02")
RECENT = NOON + dt.timedelta(days=30)
TAGS = "SELECT source, request_id, event_id, estate_id, tag_version FROM pulse.complaints FINAL ORDER BY ALL"
COUNTS = (
    "SELECT level, unit, grain, toInt64(toUnixTimestamp(bucket)), part, opened, petitioned, closed, reopened"
    " FROM pulse.unit_counts FINAL WHERE opened + petitioned + closed + reopened > 0"
)
INSERTED = "* EXCEPT (version, local_date, other_estate_ids, inserted_at)"


class Replayed:
    """A stack with a month of events, most of them about an estate that its registry lacked then."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.settings = platform.settings
        old = registry()
        self.registry = Registry(
            [*old.estates.values(), Estate("E2", "翠景豪庭", "C1"), Estate("E3", "星河左岸苑", "C1")],
            old.areas.values(),
        )

    def publish(self, *events: ComplaintEvent, tick: dt.datetime | None = None) -> None:
        with Publisher(self.settings.producers.brokers) as publisher:
            for each in events:
                publisher.publish_record(event_record(each))
            if tick is not None:
                publisher.tick(tick)

    def verify(self) -> Verification:
        """Prove that nothing is lost, doubled or miscounted, once the workers have come to it."""
        found = Verifier(self.settings.sinks, RAW_TOPIC, 1).run(wait_seconds=120)
        assert found.is_exact, found
        return found

    def estates(self, source: str) -> dict[str, str]:
        return {row[1]: row[3] for row in self.platform.rows(TAGS) if row[0] == source}

    def change(self, statement: str) -> None:
        """Damage a table, by hand."""
        server = ClickHouse(as_migrator(self.settings.sinks).clickhouse)
        server.execute(statement)
        server.close()

    def run(self, *options: str) -> Any:
        done = CliRunner().invoke(pulse, ["replay", *SPAN, "--read", "topics", *options, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def batch(self) -> Batch:
        """Return what the whole log comes to in one process, under the registry of today."""
        made = Batch(format_csv(self.registry), self.settings.streams, parts=4)
        with RawLog(self.settings.sinks.brokers, RAW_TOPIC) as log:
            for part in log.parts:
                made.take({part: [_raw(each) for each in log.read(part)]})
        return made


def _raw(record: Any) -> RawRecord:
    place = Place(1, record.part, record.offset, record.timestamp_ms)
    return RawRecord(place, record.key, record.value, record.headers)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replayed]:
    directory = tmp_path_factory.mktemp("replayed")
    file = directory / "district.csv"
    file.write_text(format_csv(registry()))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PULSE_STATE_DIR", str(directory / "stack"))
        with running_platform(directory / "stack", file) as started:
            made = Replayed(started)
            about = [event(number, source=HOTLINE, **NEW) for number in range(40)]
            made.publish(
                *(
                    event(number, NOON - dt.timedelta(days=1), source=HOTLINE, **NEW)
                    for number in range(200, 203)
                ),
                *about,
                *(event(number, source=HOTLINE) for number in range(40, 50)),
                *(event(number, source=APP, **NEW) for number in range(20)),
                about[3],  # delivered twice
                tick=RECENT,
            )
            made.publish(event(300, RECENT, source=HOTLINE, **NEW), tick=RECENT + dt.timedelta(hours=1))
            made.verify()
            yield made


def test_one_source_alone_and_nothing_in_a_dry_run(replayed: Replayed) -> None:
    load_registry(replayed.registry, replayed.settings)
    before = replayed.platform.rows(TAGS)
    told = replayed.run("--source", APP, "--dry-run")["facts"]
    assert replayed.platform.rows(TAGS) == before
    done = replayed.run("--source", APP)["facts"]
    assert (done["read"], done["retagged"], done["restored"]) == (20, 20, 0)
    assert told == done
    assert set(replayed.estates(APP).values()) == {"E2"}
    assert "E2" not in replayed.estates(HOTLINE).values()
    replayed.verify()


def test_facts_follow_the_registry_and_come_back_while_the_workers_go_on(replayed: Replayed) -> None:
    gone = "source = 'hotline' AND request_id IN ('r1', 'r3', 'r45')"
    replayed.change(f"DELETE FROM pulse.complaints WHERE {gone}")
    # Of r4 a later delivery stands, which dates it in an earlier month, and not the first.
    replayed.change(
        f"INSERT INTO pulse.complaints ({INSERTED}) SELECT {INSERTED}"
        " REPLACE (off + 1000000 AS off, occurred_at - INTERVAL 40 DAY AS occurred_at)"
        " FROM (SELECT * FROM pulse.complaints FINAL WHERE source = 'hotline' AND request_id = 'r4')"
    )
    replayed.change(
        "DELETE FROM pulse.complaints WHERE source = 'hotline' AND request_id = 'r4' AND off < 1000000"
    )
    stop = threading.Event()
    sent: list[ComplaintEvent] = []

    def live() -> None:
        while not stop.wait(0.02):
            sent.append(event(1000 + len(sent), RECENT + dt.timedelta(days=1), source="live", **NEW))
            replayed.publish(sent[-1])

    sender = threading.Thread(target=live)
    sender.start()
    try:
        done = replayed.run()["facts"]
    finally:
        stop.set()
        sender.join()
    # 40 + 10 about both estates, of which four were gone; r3 was delivered twice, and the app's are done.
    assert (done["read"], done["restored"], done["retagged"]) == (71, 4, 37)
    assert (done["rejected"], done["waiting"], done["not_in_log"]["facts"]) == (0, {}, 0)
    found = replayed.verify()
    assert len(sent) > 3
    assert found.account.sources["live"].stored == len(sent)
    assert (found.account.sources[HOTLINE].stored, found.account.sources[HOTLINE].duplicates) == (54, 1)

    batch = replayed.batch()
    first, last = NOON.replace(hour=0) - dt.timedelta(hours=8), NOON.replace(hour=16)
    facts = {
        (each.source, each.request_id): (each.path.estate, each.weighed_at, each.offset)
        for each in batch.facts.values()
        if first <= each.occurred_at < last
    }
    stored = "SELECT source, request_id, estate_id, weighed_at, off FROM pulse.complaints FINAL"
    rows = replayed.platform.rows(f"{stored} WHERE local_date = '2021-06-01'")
    assert {row[:2]: (row[2], row[3].replace(tzinfo=dt.UTC), row[4]) for row in rows} == facts
    assert counts_between(replayed, first, last) == {
        key: figures
        for key, figures in batch.counts.items()
        if first.timestamp() <= key[3] < last.timestamp() and any(figures)
    }
    # Of days that were not asked for nothing changed.
    assert {replayed.estates(HOTLINE)[f"r{number}"] for number in (200, 201, 202)}.isdisjoint({"E2"})

    tags = replayed.platform.rows(TAGS)
    again = replayed.run()
    assert (again["facts"]["restored"], again["facts"]["retagged"], again["counts"]["replaced"]) == (0, 0, 0)
    assert replayed.platform.rows(TAGS) == tags


def counts_between(replayed: Replayed, first: dt.datetime, last: dt.datetime) -> dict[Any, Any]:
    """Return what the platform counts from a moment to another, as `Batch` has it."""
    bounds = f" AND bucket >= {int(first.timestamp())} AND bucket < {int(last.timestamp())}"
    return {row[:5]: row[5:] for row in replayed.platform.rows(COUNTS + bounds)}


def test_what_people_decided_stays(replayed: Replayed) -> None:
    decide(replayed, "r5", "other", "E3")
    decide(replayed, "r6", "none", "")
    decide(replayed, "r41", "right", "E1")
    registry_file = replayed.platform.stack.directory / "reviewed.csv"
    registry_file.write_text(format_csv(replayed.registry))
    done = CliRunner().invoke(pulse, ["review", "--registry", str(registry_file)])
    assert done.exit_code == 0, done.output
    decided = {"r5": "E3", "r6": "unplaced", "r41": "E1"}
    assert replayed.estates(HOTLINE).items() >= decided.items()
    # As if the tagger had tied it elsewhere: the tagger's word of today would change it back.
    replayed.change(
        f"INSERT INTO pulse.complaints ({INSERTED}) SELECT {INSERTED}"
        " REPLACE ('E3' AS estate_id, tag_version + 1 AS tag_version) FROM pulse.complaints FINAL"
        " WHERE source = 'hotline' AND request_id IN ('r41', 'r42')"
    )
    assert replayed.run()["facts"]["retagged"] == 1
    assert replayed.estates(HOTLINE).items() >= (decided | {"r41": "E3", "r42": "E1"}).items()
    replayed.change(
        "DELETE FROM pulse.complaints WHERE source = 'hotline' AND request_id IN ('r5', 'r6', 'r41')"
    )
    assert replayed.run()["facts"]["restored"] == 3
    assert replayed.estates(HOTLINE).items() >= decided.items()
    replayed.verify()


def decide(replayed: Replayed, request: str, verdict: str, estate: str) -> None:
    """Decide about a complaint as the console does."""
    replayed.change(
        "INSERT INTO pulse.review_decisions"
        " (decision_id, kind, source, request_id, event_id, verdict, estate_id, actor, role, at)"
        " VALUES (generateUUIDv4(), 'tag', 'hotline',"
        f" '{request}', 'e{request[1:]}', '{verdict}', '{estate}', 'zhou', 'administrator', now64(3))"
    )


def test_days_that_the_workers_hold_and_facts_that_the_topic_lacks_are_told_and_left(
    replayed: Replayed,
) -> None:
    tags = replayed.platform.rows(TAGS)
    replayed.change(
        f"INSERT INTO pulse.complaints ({INSERTED}) SELECT {INSERTED}"
        " REPLACE ('old' AS source, 0 AS epoch)"
        " FROM (SELECT * FROM pulse.complaints FINAL WHERE source = 'app' AND request_id = 'r1')"
    )
    done = CliRunner().invoke(
        pulse, ["replay", "--from", "2021-06-01", "--to", "2021-07-02", "--read", "topics"]
    )
    assert done.exit_code == 0, done.output
    assert "left, since the streams still hold these days in memory (events): 2021-07-01 (1)" in done.output
    assert "1 facts left, since the topic holds them no longer: 2021-06-01 to 2021-06-01" in done.output
    assert [row for row in replayed.platform.rows(TAGS) if row[0] != "old"] == tags
