"""The fallback transport, Faust's own `take`: it comes to the figures that the batch transport comes to.

`test_live_equals_batch` holds the batch transport to the pure code, this test the fallback to the same code.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import httpx
import pytest

from deploy.chaos.batch import Batch
from deploy.chaos.compare import compare, totals_of
from deploy.chaos.tables import Tables
from deploy.chaos.tail import Tail
from deploy.example_district import as_registry
from deploy.serving import HEALTH_PATH
from producers.publish import Publisher
from producers.replay import END_MARGIN
from producers.sources.synthetic import district, district_deliveries
from streams.estates.registry_csv import format_csv
from tests.integration.platform import running_platform

EVENTS = 600


@pytest.mark.stack
def test_take_gives_the_same_facts_counts_and_surges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_STREAMS__TRANSPORT", "take")
    registry_file = tmp_path / "registry.csv"
    registry_file.write_text(format_csv(as_registry(district())))
    records = [delivery.record() for delivery in islice(district_deliveries(), EVENTS)]
    with (
        running_platform(tmp_path / "stack", registry_file) as platform,
        Tail(platform.settings.producers.brokers, epoch=1) as tail,
    ):
        environment = Path(f"/proc/{platform.pid('intake-1')}/environ").read_bytes()
        assert b"PULSE_STREAMS__TRANSPORT=take" in environment.split(b"\0")
        with Publisher(platform.settings.producers.brokers) as publisher:
            for number, record in enumerate(records):
                publisher.publish_record(record)
                if number == EVENTS // 2:
                    publisher.flush()
                    platform.kill("intake-1")
            publisher.tick(max(each.arrived_at for each in records if each.arrived_at) + END_MARGIN)
        assert tail.catch_up(30)
        batch = Batch(registry_file.read_text(), platform.settings.streams, len(tail.log))
        batch.take(tail.log)
        tables = Tables(platform.settings.sinks, epoch=1)
        platform.wait_until(lambda: tables.totals() == totals_of(batch), "all is stored")
        for name, metrics in platform.stack.state.metrics.items():
            if name in ("writer", "weigher", "intake-1"):
                assert httpx.get(metrics.replace("/metrics", HEALTH_PATH)).status_code == 200, name
        found = compare(tables, batch)
        assert found.is_none, found
