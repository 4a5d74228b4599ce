"""A row of an input file, whatever the file's format: named cells, and what is wrong with it as a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from producers.errors import UnreadableFile

_NOT_WORD: Final = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as its reader found it."""

    place: str
    """Where it stands, for a person: `line 17`, `row 17`."""
    cells: dict[str, Any] = field(default_factory=dict)
    """By column name (see `column_name`): text, number, datetime, None, or whatever JSON holds."""
    flaw: str = ""
    """Why the row cannot be mapped at all; empty where it can."""
    raw: Any = None
    """With a flaw: all that could be read of the row, in a form that JSON can hold."""


@dataclass(frozen=True)
class Table:
    """An input file while it is read: its columns, and its rows once through."""

    columns: tuple[str, ...] | None
    """Names (see `column_name`) in order; None where each row has its own."""
    rows: Iterator[Row]


@lru_cache(maxsize=4096)
def column_name(heading: str) -> str:
    """Return a column's heading in one spelling: `Created Date` and `created_date ` are one column."""
    return _NOT_WORD.sub("_", heading.strip().casefold()).strip("_")


def column_names(headings: Iterable[str], file: str) -> tuple[str, ...]:
    """Return the names of all columns; nameless ones are numbered.

    Raises:
        UnreadableFile: two columns have the same name, so that a mapping could not tell them apart.
    """
    names: list[str] = []
    for number, heading in enumerate(headings, 1):
        name = column_name(heading) or f"column_{number}"
        if name in names:
            raise UnreadableFile(
                f"{file}: columns {names.index(name) + 1} and {number} are both called {name!r}; rename one"
            )
        names.append(name)
    return tuple(names)
