"""`pulse backtest`: a file in, its surges out, one clear line where that cannot be."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

from click.testing import CliRunner

from deploy.commands.backtest import HEADER, command
from streams.surges.hours import DAY, HOUR
from tests.streams.surges.city import burst, everyday, in_order


def written(folder: Path) -> Path:
    source = folder / "events.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("event_id", "estate", "user", "occurred_at", "arrived_at"))
        for event in in_order(everyday(62) + burst(3, 60 * DAY + 12 * HOUR, 16, 6 * HOUR)):
            when = dt.datetime.fromtimestamp(event.occurred / 1000, dt.UTC).replace(tzinfo=None)
            moment = when.isoformat(timespec="seconds")
            writer.writerow((event.event_id, event.path.estate, event.reporter, moment, moment))
    return source


def test_surges_are_written_one_row_each(tmp_path: Path) -> None:
    target = tmp_path / "alerts.csv"
    result = CliRunner().invoke(command, ["--events", str(written(tmp_path)), "--out", str(target), "--json"])
    assert result.exit_code == 0, result.output
    with target.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == HEADER
    assert (row["unit"], row["estate"], row["level"]) == ("E3", "E3", "estate")
    assert row["time"] == row["opened_at"]
    assert row["opened_at"].startswith("2024-03-01T1")
    assert float(row["score"]) > 5 > float(row["expected"])


def test_the_summary_is_one_json_object(tmp_path: Path) -> None:
    arguments = ["--events", str(written(tmp_path)), "--out", str(tmp_path / "a.csv"), "--json"]
    summary = json.loads(CliRunner().invoke(command, arguments).stdout)
    assert summary["surges"] == {"estate": 1, "community": 0, "street": 0, "district": 0, "city": 0}
    assert summary["open"] == 1


def test_a_bad_cell_is_one_line_that_names_row_and_column(tmp_path: Path) -> None:
    source = tmp_path / "events.csv"
    source.write_text("unit,occurred_at\nE,never\n", encoding="utf-8")
    result = CliRunner().invoke(command, ["--events", str(source), "--out", str(tmp_path / "a.csv")])
    assert result.exit_code == 1
    assert "line 2, column `occurred_at`: 'never' is not an ISO 8601 time" in result.stderr


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "events.csv"
    source.write_bytes("unit,occurred_at\n伊景园,2019-08-01\n".encode("gb18030"))
    result = CliRunner().invoke(command, ["--events", str(source), "--out", str(tmp_path / "a.csv")])
    assert result.exit_code == 1
    assert "not UTF-8" in result.stderr


def test_an_unknown_zone_is_bad_usage(tmp_path: Path) -> None:
    arguments = ["--events", str(written(tmp_path)), "--out", str(tmp_path / "a.csv"), "--zone", "Mars"]
    assert CliRunner().invoke(command, arguments).exit_code == 2
