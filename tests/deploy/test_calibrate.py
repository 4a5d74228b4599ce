"""`pulse calibrate`: the budget gives the threshold, and what it misses is told."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from deploy.cli import pulse
from deploy.commands import calibrate
from deploy.local.clickhouse import ClickHouseServer
from sinks.ladder.actions import Actions
from sinks.ladder.rungs import Action, ActionKind
from sinks.migrate import Migrator
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.surges.arrival import Arrival
from streams.surges.calibration import Cost, TooShort, choose, cost, plant
from streams.surges.hours import DAY, HOUR
from streams.surges.settings import DetectorSettings
from tests.sinks.alerts.surges import NOON, surge
from tests.sinks.conftest import name_in_environment, own_databases
from tests.sinks.made import fact_of
from tests.streams.surges.city import UTC, everyday, in_order

HISTORY = in_order(everyday(100, per_day=0.3))
AREAS = ("estate", "community", "street", "district", "city")


def written(folder: Path, events: Iterable[Arrival] = HISTORY) -> Path:
    source = folder / "events.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("event_id", "request_id", *AREAS, "user", "occurred_at", "arrived_at"))
        for event in events:
            times = [
                dt.datetime.fromtimestamp(each / 1000, dt.UTC) for each in (event.occurred, event.weighed)
            ]
            units = msgspec.structs.astuple(event.path)
            writer.writerow((event.event_id, event.request_id, *units, event.reporter, *times))
    return source


def test_a_higher_threshold_costs_fewer_alerts_and_misses_more(tmp_path: Path) -> None:
    arguments = ["calibrate", "--events", str(written(tmp_path)), "--planted", "8", "--seed", "2", "--json"]
    result = CliRunner().invoke(pulse, arguments)
    assert result.exit_code == 0, result.output
    tree = json.loads(result.stdout)
    lowest, highest = tree["costs"][0], tree["costs"][-1]
    assert lowest["alerts_a_week"] >= highest["alerts_a_week"]
    assert lowest["missed"] <= highest["missed"]
    assert tree["planted"] == 8
    assert tree["threshold"] in {each["threshold"] for each in tree["costs"]}


@pytest.fixture
def stored(clickhouse_server: ClickHouseServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[SinksSettings]:
    """Migrated databases of their own, which the environment names."""
    with own_databases(clickhouse_server) as sinks:
        name_in_environment(sinks, monkeypatch)
        Migrator(sinks).migrate()
        yield sinks


@pytest.mark.stack
def test_what_people_called_none_stands_beside_it_and_changes_nothing(
    tmp_path: Path, stored: SinksSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate, "THRESHOLDS", (4.0, 6.5))
    arguments = ["calibrate", "--events", str(written(tmp_path)), "--planted", "8", "--json"]
    alone = json.loads(CliRunner().invoke(pulse, arguments).stdout)
    assert not ClickHouseSink(stored).insert_surges([surge(surge_id=each, score=5.0) for each in "ab"])
    verdicts = {"a": ActionKind.NOT_A_SURGE, "b": ActionKind.RESOLVE}
    Actions(stored).add(
        [Action(each, kind.value, "li", "", "why", None, NOON) for each, kind in verdicts.items()]
    )
    tree = json.loads(CliRunner().invoke(pulse, [*arguments, "--feedback"]).stdout)
    assert tree.pop("feedback") == {
        "told": 2,
        "judged": 2,
        "not_a_surge": 1,
        "weeks": 1.0,
        "thresholds": [
            {"threshold": 4.0, "called_none_a_week": 1.0, "lost": 0.0},
            {"threshold": 6.5, "called_none_a_week": 0.0, "lost": 1.0},
        ],
    }
    assert alone == {**tree, "feedback": None}
    printed = CliRunner().invoke(pulse, [*arguments[:-1], "--feedback"]).stdout
    assert "called none a week" in printed
    assert "people judged 2 of 2 surges told in 1.0 weeks, and called 1 of them not a surge" in printed


@pytest.mark.stack
def test_the_stored_history_costs_what_the_same_events_in_a_file_cost(
    tmp_path: Path, stored: SinksSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate, "THRESHOLDS", (3.0, 5.5))
    late = [event._replace(weighed=event.weighed + DAY * 1000) for event in HISTORY[::9]]
    repeats = [event._replace(weighed=event.weighed + HOUR * 1000) for event in HISTORY[::5]]
    delivered = {event.event_id: event for event in [*HISTORY, *late]}
    events = in_order([*delivered.values(), *repeats])
    assert not ClickHouseSink(stored).insert_facts([fact_of(each, n) for n, each in enumerate(events)])
    arguments = ["calibrate", "--planted", "8", "--json"]
    of_file = CliRunner().invoke(pulse, [*arguments, "--events", str(written(tmp_path, events))])
    of_stored = CliRunner().invoke(pulse, arguments)
    assert of_stored.exit_code == 0, of_stored.output
    assert json.loads(of_stored.stdout) == json.loads(of_file.stdout)
    assert json.loads(of_stored.stdout)["costs"][0]["missed"] < 1


@pytest.mark.stack
def test_a_city_without_stored_history_is_told_so(stored: SinksSettings) -> None:
    del stored
    result = CliRunner().invoke(pulse, ["calibrate"])
    assert result.exit_code == 1
    assert "stored history: there is no history to calibrate on" in result.stderr


def test_the_stored_history_has_a_zone_of_its_own() -> None:
    assert CliRunner().invoke(pulse, ["calibrate", "--zone", "UTC"]).exit_code == 2


@pytest.mark.parametrize("seed", range(3))
def test_repeats_and_the_order_within_a_minute_change_nothing_of_what_is_planted(seed: int) -> None:
    days = [list(group) for _, group in groupby(HISTORY, key=lambda each: each.weighed // (DAY * 1000))]
    coarse = [
        [each._replace(weighed=group[0].weighed // 60_000 * 60_000 + n) for n, each in enumerate(group)]
        for group in days
    ]
    forwards = [each for group in coarse for each in group]
    backwards = [each for group in coarse for each in reversed(group)]
    repeats = [each._replace(weighed=each.weighed + 2 * DAY * 1000) for each in forwards[100:300]]
    repeated = sorted([*forwards, *repeats], key=lambda each: each.weighed)
    planted = plant(forwards, 8, seed)[1]
    assert plant(backwards, 8, seed)[1] == planted
    assert plant(repeated, 8, seed)[1] == planted


def test_most_planted_surges_are_found() -> None:
    arrivals, planted = plant(HISTORY, 8, seed=3)
    assert len(arrivals) > len(HISTORY) + 8 * 8 - 1
    found = cost(arrivals, planted, DetectorSettings(threshold=4.0), UTC)
    assert found.missed < 0.3


def test_planted_surges_that_nobody_looks_for_are_alerts() -> None:
    arrivals, planted = plant(HISTORY, 8, seed=3)
    settings = DetectorSettings(threshold=4.0)
    assert (
        cost(arrivals, [], settings, UTC).alerts_a_week > cost(arrivals, planted, settings, UTC).alerts_a_week
    )


def test_the_lowest_threshold_within_the_budget_is_chosen() -> None:
    costs = [Cost(3.0, 9.0, 0.0), Cost(4.0, 1.0, 0.1), Cost(5.0, 0.5, 0.2)]
    assert choose(costs, 1.0) == costs[1]
    assert choose(costs, 0.1) is None


def test_a_short_history_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooShort):
        plant(HISTORY[: len(HISTORY) // 2], 5, seed=1)
    source = tmp_path / "events.csv"
    source.write_text("unit,occurred_at\nE,2024-01-01T00:00:00\n", encoding="utf-8")
    result = CliRunner().invoke(pulse, ["calibrate", "--events", str(source)])
    assert result.exit_code == 1
    assert "too few to calibrate on" in result.stderr
