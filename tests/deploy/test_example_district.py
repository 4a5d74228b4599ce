"""The shipped example district and `pulse produce synthetic`, up to where a broker is needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.commands.produce_synthetic import command
from deploy.example_district import REGISTRY_FILE, as_registry
from producers.sources.synthetic import DEFAULT_SEED, city, district, district_truth, read_truth
from streams.contract import Path as UnitPath
from streams.estates.registry_csv import format_csv, parse_csv


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, arguments)
    return result.exit_code, result.output


def test_the_shipped_registry_is_the_generators_byte_for_byte() -> None:
    assert REGISTRY_FILE.read_bytes() == format_csv(as_registry(district())).encode()


def test_the_shipped_registry_reads_as_it_was_made() -> None:
    read = parse_csv(REGISTRY_FILE.read_text(encoding="utf-8")).registry()
    assert read.version == as_registry(district()).version
    assert read.path("440310001001-01") == UnitPath(
        "440310001001-01", "440310001001", "440310001", "440310", "440300"
    )


def test_a_dry_run_writes_the_files_and_needs_no_broker(tmp_path: Path) -> None:
    truth, registry = tmp_path / "truth.json", tmp_path / "registry.csv"
    assert run("--dry-run", "--truth", str(truth), "--registry-out", str(registry)) == (0, "")
    assert read_truth(truth.read_bytes()) == district_truth(DEFAULT_SEED)
    assert json.loads(truth.read_bytes())["seed"] == DEFAULT_SEED
    assert registry.read_bytes() == REGISTRY_FILE.read_bytes()


def test_load_has_a_registry_of_its_own(tmp_path: Path) -> None:
    registry = tmp_path / "registry.csv"
    assert run("--estates", "120", "--dry-run", "--registry-out", str(registry)) == (0, "")
    read = parse_csv(registry.read_text(encoding="utf-8")).registry()
    assert read.version == as_registry(city(120)).version
    assert len(read.estates) == 120


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rate", "5", "--speed", "5"], "--rate and --speed exclude each other"),
        (["--estates", "9", "--speed", "5"], "--speed goes with the example district"),
        (["--estates", "9", "--truth", "t.json"], "--truth goes with the example district"),
        (["--estates", "0"], "'--estates'"),
        (["--limit", "0"], "'--limit'"),
    ],
)
def test_wrong_usage_is_said_in_one_line(arguments: list[str], message: str) -> None:
    exit_code, output = run(*arguments)
    assert exit_code == 2
    assert message in output


def test_a_file_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    exit_code, output = run("--dry-run", "--truth", str(tmp_path / "missing" / "truth.json"))
    assert exit_code == 1
    assert "cannot write" in output


def test_the_page_about_it_gives_the_account_of_the_default_stream() -> None:
    page = (Path(__file__).parents[2] / "docs/example-district.md").read_text(encoding="utf-8")
    for source, account in district_truth().sources.items():
        counts = (account.published, account.stored, account.duplicates, account.rejected)
        assert f"| `{source}` | {' | '.join(f'{count:,}' for count in counts)} |" in page
