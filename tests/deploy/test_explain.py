"""`pulse explain` on a real ClickHouse: a surge is found again from the facts, or what differs is named."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest
from click.testing import CliRunner

from deploy.cli import pulse
from deploy.local.clickhouse import ClickHouseServer
from deploy.settings import load_settings
from sinks.migrate import Migrator
from sinks.sink import ClickHouseSink
from streams.contract import Level, Surge
from streams.surges.hours import DAY, HOUR
from tests.sinks.conftest import name_in_environment, own_databases
from tests.sinks.made import SOURCE, fact_of
from tests.streams.surges.city import burst, everyday, in_order, surges_of

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def surge(clickhouse_server: ClickHouseServer) -> Iterator[Surge]:
    """A surge whose facts are stored in databases of their own, which the environment names."""
    arrivals = [
        event._replace(event_id=f"{SOURCE}/{event.request_id}/{event.event_id}")
        for event in in_order(everyday(24) + burst(3, 20 * DAY + 12 * HOUR, 16, 6 * HOUR))
    ]
    with own_databases(clickhouse_server) as sinks, pytest.MonkeyPatch.context() as environment:
        name_in_environment(sinks, environment)
        Migrator(sinks).migrate()
        sink = ClickHouseSink(sinks)
        sink.insert_facts([fact_of(event, number) for number, event in enumerate(arrivals)])
        found = surges_of(arrivals, load_settings().streams.detector)
        sink.insert_surges(found)
        yield [each for each in found if each.level is Level.ESTATE][-1]


def test_a_surge_comes_out_the_same_from_the_facts(surge: Surge) -> None:
    result = CliRunner().invoke(pulse, ["explain", surge.surge_id, "--json"])
    tree = json.loads(result.stdout)
    assert tree["differing"] == {}
    assert (tree["same"], result.exit_code) == (True, 0)
    assert tree["surge"]["observed"] == surge.observed
    assert tree["requests_weighed"] > surge.requests


def test_the_evidence_is_printed(surge: Surge) -> None:
    output = CliRunner().invoke(pulse, ["explain", surge.surge_id]).stdout
    assert f"{surge.observed} requests; expected {surge.expected:.3g}" in output
    assert "years of this estate" in output
    assert "found again  yes" in output


def test_what_differs_is_named(surge: Surge) -> None:
    other = msgspec.structs.replace(surge, revision=surge.revision + 1, observed=surge.observed + 1)
    ClickHouseSink(load_settings().sinks).insert_surges([other])
    result = CliRunner().invoke(pulse, ["explain", surge.surge_id, "--json"])
    assert set(json.loads(result.stdout)["differing"]) == {"revision", "observed"}
    assert result.exit_code == 1


def test_an_unknown_surge_is_one_line(surge: Surge) -> None:
    del surge
    result = CliRunner().invoke(pulse, ["explain", "estate:E3:none"])
    assert result.exit_code == 1
    assert "there is no surge 'estate:E3:none'" in result.stderr
