"""Builds small input files and maps them, for the tests of sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from producers.contract import ComplaintEvent, decode_event
from producers.identity import Pseudonyms
from producers.records import DEFECT_HEADER, Record
from producers.sources.files import FileOptions, InputFile
from producers.sources.mapper import Mapper
from producers.sources.mapping import Mapping, parse_mapping
from producers.sources.rows import Row

PSEUDONYMS = Pseudonyms("k" * 32)

MAPPING = """
source = "hotline"
zone = "America/New_York"
time_formats = ["iso", "%m/%d/%Y %I:%M:%S %p"]
empty = ["N/A"]
latest_only = ["status"]
drop = ["phone"]

[fields]
request_id = "id"
reporter = "user"
title = "title"
category = ["class", "subclass"]
status = "status"
lon = "lon"
lat = "lat"
due_at = "due"
satisfaction = "rating"

[values]
satisfaction = { good = 1.0, bad = 0.0 }

[[events]]
kind = "opened"
occurred_at = "created"

[[events]]
kind = "closed"
occurred_at = "closed"
"""


def mapping(extra: str = "") -> Mapping:
    """The mapping above, with settings put before it."""
    return parse_mapping(extra + MAPPING, "test.toml")


def row(**cells: Any) -> Row:
    """A good row, with cells replaced or added."""
    return Row("line 2", {"id": "R1", "created": "2021-01-01 12:00:00", **cells})


def records(*rows: Row, by: Mapping | None = None) -> list[Record]:
    """What becomes of rows of one file."""
    mapper = Mapper(by or mapping(), PSEUDONYMS, "in.csv")
    return [record for each in rows for record in mapper.records(each)]


def events(*rows: Row, by: Mapping | None = None) -> list[ComplaintEvent]:
    """The events of rows that are all good."""
    return [decode_event(record.value) for record in records(*rows, by=by)]


def read(file: Path, by: Mapping | None = None, **options: Any) -> list[Record]:
    """All records of a file."""
    with InputFile(file, by or mapping(), PSEUDONYMS, FileOptions(**options)) as opened:
        return list(opened.records())


def defect(record: Record) -> str:
    """Why a record could not be mapped; empty where it could."""
    return dict(record.headers).get(DEFECT_HEADER, b"").decode()


def is_taken(record: Record) -> bool:
    """Whether the contract takes the record as an event."""
    try:
        decode_event(record.value)
    except msgspec.DecodeError:
        return False
    return True
