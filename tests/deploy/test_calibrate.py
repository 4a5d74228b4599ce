"""`pulse calibrate`: the budget gives the threshold, and what it misses is told."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import pulse
from streams.surges.calibration import Cost, TooShort, choose, cost, plant
from streams.surges.settings import DetectorSettings
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
