"""Files of every format, clean and dirty: no row is lost; what is wrong is named by file, row and column."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from producers.contract import decode_event, encode
from producers.errors import MappingError, UnreadableFile
from producers.sources.csv_rows import MAX_FIELD_CHARACTERS
from producers.sources.files import InputFile
from producers.sources.mapping import Mapping, parse_mapping
from tests.producers.events import event
from tests.producers.sources.mapped import PSEUDONYMS, defect, is_taken, read

SMALL = """
source = "hotline"
zone = "Asia/Shanghai"
[fields]
request_id = "编号"
title = "标题"
[[events]]
kind = "opened"
occurred_at = "时间"
"""
HEAD = "编号,标题,时间\n"
GOOD = "R1,停车位不足,2021-01-01 12:00:00\n"


@pytest.fixture
def by() -> Mapping:
    return parse_mapping(SMALL, "small.toml")


def csv_file(directory: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    file = directory / "in.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_an_encoding_is_found_out(tmp_path: Path, by: Mapping, encoding: str) -> None:
    [record] = read(csv_file(tmp_path, HEAD + GOOD, encoding), by)
    assert decode_event(record.value).title == "停车位不足"


def test_an_encoding_that_shows_only_at_the_end_of_a_large_file_is_found_out(tmp_path: Path) -> None:
    by = parse_mapping(
        SMALL.replace("编号", "id").replace("标题", "title").replace("时间", "at"), "ascii.toml"
    )
    rows = "".join(f"R{n},{'x' * 500},2021-01-01\n" for n in range(4500))
    made = read(csv_file(tmp_path, f"id,title,at\n{rows}R,停车位,2021-01-01\n", "gb18030"), by)
    assert decode_event(made[-1].value).title == "停车位"


def test_a_named_encoding_is_used_and_an_unknown_one_refused(tmp_path: Path, by: Mapping) -> None:
    file = csv_file(tmp_path, HEAD + GOOD, "gb18030")
    assert is_taken(read(file, by, encoding="gb18030")[0])
    with pytest.raises(UnreadableFile, match="no encoding 'klingon'"):
        read(file, by, encoding="klingon")


def test_bytes_of_another_encoding_spoil_their_row_alone(tmp_path: Path, by: Mapping) -> None:
    bad = "R2,停车位,2021-01-01\n".encode("gb18030")
    made = read(
        csv_file(tmp_path, HEAD.encode() + GOOD.encode() + bad + GOOD.replace("R1", "R3").encode()), by
    )
    assert [is_taken(each) for each in made] == [True, False, True]
    assert "in.csv, line 3: column 标题 holds bytes that are not utf-8" in defect(made[1])
    assert json.loads(made[1].value)["extra"][0]["编号"] == "R2"


def test_rows_may_hold_line_breaks_quotes_and_nul_bytes(tmp_path: Path, by: Mapping) -> None:
    made = read(csv_file(tmp_path, HEAD + 'R1,"a ""b""\nc\0d",2021-01-01\n\n' + GOOD.replace("R1", "R2")), by)
    assert [decode_event(each.value).title for each in made] == ['a "b"\nc\0d', "停车位不足"]


@pytest.mark.parametrize("line", ["R2,only two", "R2,one,2021-01-01,too many"])
def test_a_ragged_row_is_a_defect_with_all_its_cells(tmp_path: Path, by: Mapping, line: str) -> None:
    made = read(csv_file(tmp_path, HEAD + GOOD + line + "\n" + GOOD.replace("R1", "R3")), by)
    assert [is_taken(each) for each in made] == [True, False, True]
    assert defect(made[1]) == f"in.csv, line 3: {line.count(',') + 1} cells for 3 columns"
    assert json.loads(made[1].value)["extra"] == line.split(",")


def test_a_quote_that_is_never_closed_swallows_no_more_than_a_field_may_hold(
    tmp_path: Path, by: Mapping
) -> None:
    filler = ("x" * 1000 + "\n") * (MAX_FIELD_CHARACTERS // 1000 + 2)
    made = read(csv_file(tmp_path, HEAD + 'R1,"no end,2021-01-01\n' + filler + GOOD.replace("R1", "R9")), by)
    assert "line 2: not CSV: field larger than field limit" in defect(made[0])
    assert decode_event(made[-1].value).request_id == "R9"


def test_tabs_and_semicolons_part_cells_too(tmp_path: Path, by: Mapping) -> None:
    for delimiter in "\t;":
        [record] = read(csv_file(tmp_path, (HEAD + GOOD).replace(",", delimiter)), by)
        assert is_taken(record)


@pytest.mark.parametrize(
    ("content", "names"),
    [("", "empty"), ("\n\n", "empty"), ("编号,编号 ,时间\n", "columns 1 and 2 are both called '编号'")],
)
def test_a_file_without_a_usable_head_is_refused(
    tmp_path: Path, by: Mapping, content: str, names: str
) -> None:
    with pytest.raises(UnreadableFile, match=names):
        read(csv_file(tmp_path, content), by)


def test_a_file_that_is_not_there_or_has_no_format_is_refused_by_name(tmp_path: Path, by: Mapping) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.csv: No such file"):
        read(tmp_path / "none.csv", by)
    (tmp_path / "in.dat").write_text("x")
    with pytest.raises(UnreadableFile, match="--format"):
        read(tmp_path / "in.dat", by)


def test_json_lines_hold_objects_and_every_other_line_is_a_defect(tmp_path: Path, by: Mapping) -> None:
    file = tmp_path / "in.jsonl"
    good = json.dumps({"编号": 7, "标题": "停车位", "时间": "2021-01-01"}, ensure_ascii=False)
    deep = '{"a":' * 5000 + "1" + "}" * 5000
    file.write_text(f'{good}\n\n[1]\n{{"编号":\n{deep}\n', encoding="utf-8")
    made = read(file, by)
    assert decode_event(made[0].value).request_id == "7"
    assert [is_taken(each) for each in made] == [True, False, False, False]
    assert defect(made[1]) == "in.jsonl, line 3: not a JSON object"
    assert defect(made[2]).startswith("in.jsonl, line 4: not JSON")


def workbook(directory: Path, *rows: tuple[Any, ...]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "工单"
    for each in rows:
        sheet.append(each)
    file = directory / "in.xlsx"
    book.save(file)
    return file


def test_a_workbook_brings_dates_as_dates_numbers_or_text(tmp_path: Path, by: Mapping) -> None:
    noon = dt.datetime(2021, 1, 1, 12)  # noqa: DTZ001  (as Excel stores it)
    file = workbook(
        tmp_path,
        (),
        ("编号", "标题", "时间"),
        (1, "a", noon),
        (2, "b", 44197.5),
        (3.0, "c", "2021-01-01 12:00"),
        (None, None, None),
        (4, "d"),
        (5, "e", noon, "stray"),
    )
    made = read(file, by)
    good = [decode_event(each.value) for each in made[:3]]
    assert [each.request_id for each in good] == ["1", "2", "3"]
    assert {each.occurred_at for each in good} == {dt.datetime(2021, 1, 1, 4, tzinfo=dt.UTC)}
    assert "in.xlsx, row 7: column 时间: is empty" in defect(made[3])
    assert defect(made[4]) == "in.xlsx, row 8: 4 cells for 3 columns"


def test_a_sheet_is_named_or_the_first(tmp_path: Path, by: Mapping) -> None:
    file = workbook(tmp_path, ("编号", "标题", "时间"), ("1", "a", "2021-01-01"))
    assert len(read(file, by, sheet="工单")) == 1
    with pytest.raises(UnreadableFile, match="no sheet 'Sheet9'; there are 工单"):
        read(file, by, sheet="Sheet9")


def test_what_only_calls_itself_a_workbook_is_refused(tmp_path: Path, by: Mapping) -> None:
    file = tmp_path / "in.xlsx"
    file.write_bytes(b"not a zip")
    with pytest.raises(UnreadableFile, match="not an XLSX workbook"):
        read(file, by)


def test_lines_of_the_contract_go_on_as_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    known = encode(event(1, reporter="ab" * 16))
    newer = known[:-1] + b',"new_in_v2":1}'
    telling = encode(event(2, reporter="13800138000"))
    file.write_bytes(b"\n".join([known, newer, telling, b'{"source":"12345","request_id":"R3"}', b"\xff"]))
    with InputFile(file, None, PSEUDONYMS) as opened:
        made = list(opened.records())
    assert [each.value for each in made[:2]] == [known, newer]
    assert b"13800138000" not in made[2].value
    assert decode_event(made[2].value).reporter == PSEUDONYMS.of("12345", "13800138000")
    assert (made[3].key, defect(made[3])[:22]) == (b"12345/R3", "events.jsonl, line 4: ")
    assert (made[4].source, is_taken(made[4])) == ("unknown", False)


def test_a_table_needs_a_mapping(tmp_path: Path) -> None:
    with InputFile(csv_file(tmp_path, HEAD), None, PSEUDONYMS) as opened, pytest.raises(MappingError):
        list(opened.records())
