"""`pulse calibrate`: the budget gives the threshold, and what it misses is told."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

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
from streams.surges.calibration import Cost, TooShort, choose, cost, plant
from streams.surges.settings import DetectorSettings
from tests.sinks.alerts.surges import NOON, surge
from tests.sinks.conftest import name_in_environment, own_databases
from tests.streams.surges.city import UTC, everyday, in_order

HISTORY = in_order(everyday(100, per_day=0.3))


def written(folder: Path) -> Path:
    source = folder / "events.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("event_id", "estate", "user", "occurred_at"))
        for event in HISTORY:
            moment = dt.datetime.fromtimestamp(event.occurred / 1000, dt.UTC).isoformat()
            writer.writerow((event.event_id, event.path.estate, event.reporter, moment))
    return source


def test_a_higher_threshold_costs_fewer_alerts_and_misses_more(tmp_path: Path) -> None:
    arguments = ["calibrate", "--events", str(written(tmp_path)), "--planted", "8", "--json"]
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
