"""`pulse registry` says what it did, in words or JSON, and exits as it should."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.commands.registry import command
from streams.estates.registry_files import read_registry, write_registry
from tests.streams.estates.complaints import small_city

LISTING = (
    "name,site,address,lng,lat\n"
    "福晟钱隆世家,甲站,长沙市开福区兴联路9号,113.0,28.2\n"
    "钱隆世家,乙站,开福区兴联路9号,113.001,28.2\n"
    "别苑,乙站,,,\n"
)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    path = tmp_path / "listing.csv"
    path.write_text(LISTING, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["registry.csv", "registry.geojson"])
def test_import_writes_a_registry_that_check_finds_sound(listing: Path, tmp_path: Path, name: str) -> None:
    done = run("import", listing, "--out", tmp_path / name, "--json")
    assert done.exit_code == 0, done.output
    facts = json.loads(done.output)
    assert (facts["rows"], facts["estates"], facts["joined"], facts["ambiguous"]) == (3, 2, 1, 0)
    registry = read_registry(tmp_path / name)
    assert registry.version == facts["version"]
    assert {"福晟钱隆世家", "钱隆世家"} in [{e.name, *e.aliases} for e in registry.estates.values()]
    checked = run("check", tmp_path / name)
    assert (checked.exit_code, checked.output) == (0, f"{name}: no findings\n")


def test_the_report_tells_each_joined_row_and_why(listing: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    assert run("import", listing, "--out", tmp_path / "r.csv", "--report", report).exit_code == 0
    with report.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["line"] for row in rows] == ["2", "3"]
    assert "brand, same house number" in rows[0]["why"]


def test_a_listing_in_gb18030_is_read(tmp_path: Path) -> None:
    path = tmp_path / "listing.csv"
    path.write_bytes(LISTING.encode("gb18030"))
    assert run("import", path, "--out", tmp_path / "r.csv").exit_code == 0


def test_the_user_may_say_the_coordinate_system(listing: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    assert run("import", listing, "--out", out, "--crs", "wgs-84", "--city", "长沙市").exit_code == 0
    assert {estate.lon for estate in read_registry(out).estates.values()} == {113.0, None}
    wrong = run("import", listing, "--out", out, "--crs", "甲站=mars")
    assert wrong.exit_code == 2
    assert "'mars' is not one of WGS-84, GCJ-02, BD-09" in wrong.output


def test_a_geojson_listing_needs_to_be_explained(tmp_path: Path) -> None:
    path = tmp_path / "estates.geojson"
    feature = {"properties": {"no": 7, "name": "A", "borough": "X"}, "geometry": None}
    path.write_text(json.dumps({"features": [feature]}))
    options = ("--property", "id=no", "--property", "name=name", "--property", "district=borough")
    done = run("import", path, "--out", tmp_path / "r.csv", "--city", "Y", *options)
    assert done.exit_code == 0, done.output
    assert read_registry(tmp_path / "r.csv").path("7").district == "district:X"
    assert run("import", path, "--out", tmp_path / "r.csv", *options).exit_code == 2


def test_check_exits_with_one_where_there_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("level,id,name,parent\ncity,c,市,\nestate,e,甲,x\n", encoding="utf-8")
    checked = run("check", path, "--json")
    assert checked.exit_code == 1
    findings, end = json.JSONDecoder().raw_decode(checked.output)
    assert [(finding["rule"], finding["line"]) for finding in findings] == [("broken_parent", 3)]
    assert "1 errors, the registry cannot be used" in checked.output[end:]


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("level,id\n")
    checked = run("check", path)
    assert checked.exit_code == 1
    assert "r.csv, line 1: the column name is missing" in checked.output
    assert run("check", tmp_path / "none.csv").exit_code == 2


MESSAGES = (
    "id,title,body\n"
    "1,岳麓区伊景园滨河苑小区捆绑车位,我是伊景园滨河苑的业主\n"
    "2,伊景园·滨河苑小区业主维权,我是伊景园·滨河苑的业主，小区不交房\n"
    "3,丽发新城电梯坏了,我是丽发新城的业主\n"
)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    path = tmp_path / "registry.csv"
    write_registry(small_city(), path)
    return path


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    path = tmp_path / "messages.csv"
    path.write_text(MESSAGES, encoding="utf-8")
    return path


@pytest.mark.parametrize("target", ["new", "estate"])
def test_what_suggest_lists_can_be_accepted_and_is_listed_no_more(
    registry: Path, messages: Path, target: str
) -> None:
    listed = run("suggest", "--registry", registry, "--in", messages, "--json")
    assert listed.exit_code == 0, listed.output
    [candidate] = json.loads(listed.output)
    assert (candidate["messages"], candidate["examples"]) == (2, ["1", "2"])
    before = read_registry(registry)
    estate = target if target == "new" else min(before.estates)
    accepted = run(
        "accept",
        candidate["candidate"],
        "--as",
        estate,
        "--name",
        "伊景园滨河苑",
        "--registry",
        registry,
        "--json",
    )
    assert accepted.exit_code == 0, accepted.output
    done = json.loads(accepted.output)
    after = read_registry(registry)
    assert done["version"] == after.version != before.version
    assert "伊景园滨河苑" in (after.estates[done["estate"]].name, *after.estates[done["estate"]].aliases)
    assert run("suggest", "--registry", registry, "--in", messages).output == "no candidates\n"
    again = run("accept", candidate["candidate"], "--as", "new", "--registry", registry)
    assert again.exit_code == 1
    assert "already" in again.output


def test_nothing_is_written_where_the_estate_is_unknown(registry: Path) -> None:
    before = registry.read_bytes()
    refused = run("accept", "?伊景园滨河园", "--as", "nowhere", "--registry", registry)
    assert refused.exit_code == 1
    assert "nowhere" in refused.output
    assert registry.read_bytes() == before
