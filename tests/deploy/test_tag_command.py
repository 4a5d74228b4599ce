from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.commands.tag import command
from streams.estates.registry_files import write_registry
from tests.streams.estates.complaints import small_city


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_registry(small_city(), tmp_path / "registry.csv")
    (tmp_path / "messages.csv").write_text(
        "id,title,body\n1,雨花区丽发新城小区噪音扰民,我是丽发新城小区业主\n2,公司拖欠工资,半年没有发工资\n",
        encoding="utf-8",
    )
    return tmp_path


def run(files: Path, *more: str) -> tuple[int, str]:
    given = ["--registry", str(files / "registry.csv"), "--in", str(files / "messages.csv"), *more]
    result = CliRunner().invoke(command, given)
    return result.exit_code, result.output


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_writes_a_row_for_each_estate_and_each_category(files: Path) -> None:
    code, _ = run(files, "--out", str(files / "tags.csv"), "--categories", str(files / "categories.csv"))
    assert code == 0
    [row] = rows(files / "tags.csv")
    assert (row["id"], row["name"], row["role"], row["surface"], row["estate_id"]) == (
        "1", "丽发新城", "primary", "丽发新城", "lifa",
    )  # fmt: skip
    assert 0.5 < float(row["confidence"]) <= 1
    assert [(row["id"], row["category"]) for row in rows(files / "categories.csv")] == [
        ("1", "noise"),
        ("2", "not_housing"),
    ]


def test_explains_a_message(files: Path) -> None:
    code, said = run(files, "--explain", "1")
    assert code == 0
    assert "丽发新城" in said
    assert "in_title=1" in said


def test_an_unknown_id_is_a_failure_in_one_line(files: Path) -> None:
    code, said = run(files, "--explain", "77")
    assert (code, said.strip()) == (1, "Error: no message has the id '77'")


def test_nothing_to_do_is_bad_usage(files: Path) -> None:
    assert run(files)[0] == 2


def test_a_file_without_the_columns_is_a_failure_that_names_one(files: Path) -> None:
    (files / "messages.csv").write_text("number,words\n1,x\n", encoding="utf-8")
    code, said = run(files, "--out", str(files / "tags.csv"))
    assert code == 1
    assert "'id'" in said


def test_takes_new_york_by_outline_with_the_same_code(files: Path) -> None:
    outline = '{"type":"Polygon","coordinates":[[[-74,40],[-73.9,40],[-73.9,40.1],[-74,40.1],[-74,40]]]}'
    quoted = outline.replace('"', '""')
    (files / "registry.csv").write_text(
        f'level,id,name,parent,polygon\ncity,c,New York,,\nestate,e1,RIVER HOUSES,c,"{quoted}"\n',
        encoding="utf-8",
    )
    (files / "messages.csv").write_text(
        "unique_key,created_date,complaint_type,descriptor,latitude,longitude\n"
        "7,2019-12-31T23:59:11.000,Noise - Residential,Loud Music,40.05,-73.95\n"
        "8,2019-12-31T23:59:11.000,Noise - Residential,Loud Music,41.05,-73.95\n",
        encoding="utf-8",
    )
    code, _ = run(files, "--mapping", "nyc311", "--out", str(files / "tags.csv"))
    assert code == 0
    assert [(row["id"], row["estate_id"]) for row in rows(files / "tags.csv")] == [("7", "e1")]
