"""Late events, poison, a registry that changes while the platform runs, and its metrics, on real parts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from deploy.grafana.health import HEALTH
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import running
from deploy.registry_loading import load_registry
from deploy.settings import DeploySettings
from producers.contract import RAW_TOPIC, ComplaintEvent
from producers.publish import Publisher
from producers.records import Record, event_record
from sinks.verify import Verifier
from streams.estates.registry import Estate, Registry
from streams.estates.registry_csv import format_csv
from tests.deploy.monitoring import prometheus, wait_until
from tests.integration.platform import Platform, running_platform
from tests.streams.records import NOON, event, registry

pytestmark = pytest.mark.stack

EVERY_PROCESS = DeploySettings(alerter=True, http_intake=True)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A stack of every process there is."""
    directory = tmp_path_factory.mktemp("platform")
    file = directory / "district.csv"
    file.write_text(format_csv(registry()))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PULSE_PRODUCERS__INTAKE__TOKENS", json.dumps({"hotline": "0" * 64}))
        with running_platform(directory / "stack", file, EVERY_PROCESS) as started:
            yield started


def publish(platform: Platform, *events: ComplaintEvent | Record, tick: dt.datetime | None = None) -> None:
    with Publisher(platform.settings.producers.brokers) as publisher:
        for each in events:
            publisher.publish_record(event_record(each) if isinstance(each, ComplaintEvent) else each)
        if tick is not None:
            publisher.tick(tick)


def opened(platform: Platform, unit: str, grain: str, day: str) -> int:
    query = (
        "SELECT sum(opened) FROM pulse.unit_counts FINAL"
        f" WHERE unit = '{unit}' AND grain = '{grain}' AND toDate(bucket, 'Asia/Shanghai') = '{day}'"
    )
    [(count,)] = platform.rows(query)
    return int(count)


def facts(platform: Platform, field: str, request: str) -> list[str]:
    rows = platform.rows(f"SELECT {field} FROM pulse.complaints FINAL WHERE request_id = '{request}'")
    return [row[0] for row in rows]


def verify(platform: Platform, source: str) -> tuple[int, int, int, int]:
    """Prove that all is accounted for; return published, stored, duplicates, rejected of a source."""
    found = Verifier(platform.settings.sinks, RAW_TOPIC, 1).run(wait_seconds=120)
    assert found.is_exact, found
    tally = found.account.sources[source]
    return tally.published, tally.stored, tally.duplicates, tally.rejected


def test_an_event_that_is_weeks_late_is_counted_in_its_own_day(platform: Platform) -> None:
    source = "late"
    first = [event(number, source=source) for number in range(20)]
    publish(platform, *first, tick=NOON + dt.timedelta(days=30))
    platform.wait_until(lambda: opened(platform, "E1", "day", "2021-06-01") >= 20, "the first are counted")
    late = [event(number, source=source) for number in range(20, 40)]
    publish(platform, *late, first[0])
    for grain in ("minute", "hour", "day"):
        platform.wait_until(
            partial(lambda grain: opened(platform, "E1", grain, "2021-06-01") == 40, grain),
            f"the late ones are recounted by {grain}",
        )
    assert verify(platform, source) == (41, 40, 1, 0)


def test_poison_is_rejected_whole_and_stops_nothing(platform: Platform) -> None:
    source = "poison"
    good = event_record(event(100, source=source))
    poison = [
        good._replace(value=b"{not json"),
        good._replace(value=b'{"text":"\xff"}'),
        good._replace(value=b'{"extra":' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
        good._replace(value=b"x" * 10_000_000),
        good._replace(value=b""),
        good._replace(headers=[("ce_source", source.encode()), ("ce_id", b"another")]),
    ]
    nul = event(101, source=source, text="a\x00b", title="\u202e")
    publish(platform, good, *poison, nul, event(102, source=source))
    assert verify(platform, source) == (9, 3, 0, 6)
    kept = platform.rows(f"SELECT length(value) FROM pulse.rejected FINAL WHERE source = '{source}'")
    assert sorted(length for (length,) in kept) == sorted(len(record.value) for record in poison)


def test_a_changed_registry_takes_effect_at_its_place_in_the_log(platform: Platform, tmp_path: Path) -> None:
    source = "registry"
    about: dict[str, Any] = {
        "source": source,
        "title": "翠景豪庭电梯故障",
        "text": "翠景豪庭小区的电梯坏了。",
        "estate": "翠景豪庭",
    }
    publish(platform, event(200, **about))
    old = registry()
    grown = Registry([*old.estates.values(), Estate("E2", "翠景豪庭", "C1")], old.areas.values())
    version = load_registry(grown, platform.settings)
    publish(platform, event(201, **about))
    assert verify(platform, source) == (2, 2, 0, 0)
    assert facts(platform, "estate_id", "r200") != ["E2"]
    assert facts(platform, "estate_id", "r201") == ["E2"]
    assert facts(platform, "registry_version", "r201") == [version]
    assert platform.rows("SELECT dictGet('pulse.units_dict', 'name', ('estate', 'E2'))") == [("翠景豪庭",)]


def test_every_panel_of_health_has_figures(platform: Platform, tmp_path: Path) -> None:
    source = "watched"
    targets = {
        f"pulse-{name}": urlsplit(address).netloc for name, address in platform.stack.state.metrics.items()
    }
    assert {"pulse-http", "pulse-console", "pulse-alerter", "pulse-intake-1"} <= targets.keys()
    port, nobody = free_ports(2)
    with running(prometheus(tmp_path, port, nobody, targets)):
        publish(platform, event(300, source=source), tick=NOON + dt.timedelta(days=60))
        assert verify(platform, source) == (1, 1, 0, 0)
        queries = {query.text for panel in HEALTH.panels() for query in panel.queries}
        for query in queries:
            asked = query.replace("$__rate_interval", "1m")
            wait_until(partial(answers, port, asked), f"there are figures for {asked}")


def answers(port: int, query: str) -> bool:
    """Return whether Prometheus has figures for a query; fail where it refuses it."""
    found = httpx.get(f"http://{LOOPBACK}:{port}/api/v1/query", params={"query": query})
    assert found.status_code == 200, f"{query}: {found.text}"
    return bool(found.json()["data"]["result"])
