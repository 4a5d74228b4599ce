"""The whole way on real parts: the stream writes what the pure code gives, whatever is killed meanwhile."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.example_district import as_registry
from producers.publish import Publisher
from producers.records import Record
from producers.replay import END_MARGIN
from producers.sources.synthetic import district, district_deliveries
from streams.contract import SurgeState
from streams.estates.registry_csv import format_csv
from tests.integration.platform import Batch, Platform, running_platform

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

COUNTS = """
SELECT level, unit, grain, toUnixTimestamp(bucket), sum(opened), sum(petitioned), sum(closed), sum(reopened)
FROM pulse.unit_counts FINAL GROUP BY level, unit, grain, bucket
"""
SURGES = "SELECT surge_id, revision, state, opened_at, observed, reporters FROM pulse.surges FINAL"
CHUNKS = 12
"""Pieces in which the input is published, with a tick behind each and what is killed between them."""


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


def killing(platform: Platform, number: int) -> None:
    """Kill one worker after another as the input goes on."""
    victims = {2: "intake-1", 4: "writer", 6: "weigher", 8: "intake-1", 9: "writer"}
    if number in victims:
        time.sleep(1.0)
        platform.kill(victims[number])


def test_kills_change_no_count_and_no_surge(tmp_path: Path) -> None:
    registry_file = tmp_path / "registry.csv"
    registry_file.write_text(format_csv(as_registry(district())))
    records = [delivery.record() for delivery in district_deliveries()]
    pieces = with_ticks(records)
    batch = Batch(registry_file.read_text())
    with running_platform(tmp_path / "stack", registry_file) as platform:
        for number, piece in enumerate(pieces):
            publish(platform, piece)
            batch.take(piece, int(time.time() * 1000))
            killing(platform, number)
        platform.wait_until(lambda: _stored(platform) == _tagged(batch), "all facts are stored")
        platform.wait_until(lambda: _counts(platform) == batch.counts(), "all counts are those of the batch")
        expected = {
            id_: (surge.revision, surge.state.value, surge.opened_at, surge.observed, surge.reporters)
            for id_, surge in batch.latest_surges().items()
        }
        platform.wait_until(lambda: _surges(platform) == expected, "the surges are those of the batch")
        assert any(surge.state is SurgeState.CLEARED for surge in batch.surges), (
            "the input has no surge to find"
        )
        rejected = sum(len(outcome.rejected) for outcome in batch.outcomes)
        platform.wait_until(
            lambda: platform.rows("SELECT count() FROM pulse.rejected FINAL") == [(rejected,)],
            "all rejected records are kept",
        )


def _tagged(batch: Batch) -> int:
    return len({(t.source, t.request_id, t.event_id) for outcome in batch.outcomes for t in outcome.tagged})


def _stored(platform: Platform) -> int:
    [(count,)] = platform.rows("SELECT count() FROM pulse.complaints FINAL")
    return int(count)


def _counts(platform: Platform) -> dict[tuple[str, str, str, int], tuple[int, int, int, int]]:
    return {tuple(row[:4]): tuple(row[4:]) for row in platform.rows(COUNTS)}


def _surges(platform: Platform) -> dict[str, tuple[Any, ...]]:
    return {row[0]: tuple(row[1:]) for row in platform.rows(SURGES)}
