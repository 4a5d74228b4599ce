"""The whole way on real parts: the stream writes what the pure code gives, whatever is killed meanwhile."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deploy.chaos.batch import Batch
from deploy.chaos.compare import compare, compare_surges, totals_of
from deploy.chaos.tables import Tables
from deploy.chaos.tail import Tail
from deploy.commands import backtest
from deploy.commands.explain import explain
from deploy.example_district import as_registry
from deploy.settings import DeploySettings
from deploy.sources import Tree
from producers.contract import Kind
from producers.publish import Publisher
from producers.records import Record
from producers.replay import END_MARGIN
from producers.sources.synthetic import district, district_deliveries
from streams.contract import Surge, SurgeState, milliseconds, reporter_of
from streams.estates.registry_csv import format_csv
from streams.settings import StreamsSettings
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.event_rows import TimeFormat
from tests.integration.platform import Platform, running_platform
from tests.integration.replayed_city import write_events

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

CHUNKS = 12
"""Pieces in which the input is published, with a tick behind each and what is killed between them."""
TWO = DeploySettings(intake_workers=2, console=False)
OFTEN: Tree = {"streams": {"checkpoint_seconds": 1.0}}
"""So that the weigher that is killed has a checkpoint to go on from."""


def with_ticks(records: Sequence[Record]) -> list[list[Record | dt.datetime]]:
    """Cut the input into pieces; behind each a tick of its last arrival, at the end a minute more."""
    size = -(-len(records) // CHUNKS)
    pieces: list[list[Record | dt.datetime]] = []
    for at in range(0, len(records), size):
        piece = list(records[at : at + size])
        last = max(record.arrived_at for record in piece if record.arrived_at is not None)
        pieces.append([*piece, last])
    assert isinstance(pieces[-1][-1], dt.datetime)
    pieces[-1][-1] += END_MARGIN
    return pieces


def publish(platform: Platform, piece: Sequence[Record | dt.datetime]) -> None:
    with Publisher(platform.settings.producers.brokers) as publisher:
        for item in piece:
            if isinstance(item, Record):
                publisher.publish_record(item)
            else:
                publisher.tick(item)


def backtested(batch: Batch, settings: StreamsSettings, file: Path) -> dict[str, Surge]:
    """Return what `pulse backtest` finds in the opened requests, as they were tied to their estates."""
    opened = [
        Arrival(
            name,
            fact.request_id,
            fact.path,
            reporter_of(fact.reporter, fact.source, fact.request_id),
            fact.problem_type,
            milliseconds(fact.occurred_at),
            milliseconds(fact.weighed_at),
            fact.source,
        )
        for name, fact in batch.facts.items()
        if fact.kind is Kind.OPENED
    ]
    write_events(file, sorted(opened, key=lambda each: each.weighed))
    zone = ZoneInfo(settings.zone)
    return backtest.run(file, Detector(settings.detector, zone), TimeFormat(zone)).last


def killing(platform: Platform, number: int) -> None:
    """Kill one worker after another as the input goes on."""
    victims = {2: "intake-1", 4: "writer", 6: "weigher", 8: "intake-1", 9: "writer"}
    if number in victims:
        time.sleep(1.0)
        if victims[number] == "weigher":
            checkpoints = "SELECT count() FROM pulse.weigher_checkpoints"
            platform.wait_until(lambda: platform.rows(checkpoints) != [(0,)], "there is a checkpoint")
        platform.kill(victims[number])


def test_kills_change_no_count_and_no_surge(tmp_path: Path) -> None:
    registry_file = tmp_path / "registry.csv"
    registry_file.write_text(format_csv(as_registry(district())))
    records = [delivery.record() for delivery in district_deliveries()]
    with (
        running_platform(tmp_path / "stack", registry_file, TWO, workers_own=OFTEN) as platform,
        Tail(platform.settings.producers.brokers, epoch=1) as tail,
    ):
        for number, piece in enumerate(with_ticks(records)):
            publish(platform, piece)
            killing(platform, number)
        assert tail.catch_up(30)
        keyed = [record for log in tail.log.values() for record in log if record.key is not None]
        assert Counter(record.value for record in keyed) == Counter(record.value for record in records)
        batch = Batch(registry_file.read_text(), platform.settings.streams, len(tail.log))
        batch.take(tail.log)
        assert any(surge.state is SurgeState.CLEARED for surge in batch.surges.values()), (
            "the input has no surge to find"
        )
        tables = Tables(platform.settings.sinks, epoch=1)
        platform.wait_until(lambda: tables.totals() == totals_of(batch), "all is stored")
        found = compare(tables, batch)
        assert found.is_none, found
        again = backtested(batch, platform.settings.streams, tmp_path / "events.csv")
        assert compare_surges(tables.surges(), again).is_none
        assert "loaded" in (platform.stack.logs / "weigher.log").read_text(), "no start used a checkpoint"
        last = max(batch.surges.values(), key=lambda surge: surge.updated_at)
        assert explain(platform.settings, last.surge_id).is_same
