"""Rows of a JSON Lines file: one object a line. A line that is none is one flawed row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from producers.sources.encodings import TextEncoding, readable
from producers.sources.rows import Row, Table, column_name


def read_jsonl(file: Path, opened: IO[str], encoding: TextEncoding) -> Table:
    """Return the table in an opened JSON Lines file; each row brings its own columns."""
    del file, encoding
    return Table(None, _rows(opened))


def _rows(opened: IO[str]) -> Iterator[Row]:
    for number, line in enumerate(opened, 1):
        if line.strip():
            yield _row(f"line {number}", line.rstrip("\r\n"))


def _row(place: str, line: str) -> Row:
    try:
        value: Any = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Row(place, flaw=f"not JSON: {error}", raw=readable(line))
    if not isinstance(value, dict):
        return Row(place, flaw="not a JSON object", raw=value)
    return Row(place, {column_name(name): cell for name, cell in value.items()})
