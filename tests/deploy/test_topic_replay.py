"""`pulse replay --read topics` on a running stack: the log again, while the workers go on."""

from __future__ import annotations

import datetime as dt
import json
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
