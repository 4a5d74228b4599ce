"""Accounts for every record of the raw log: stored, a duplicate of one that is, rejected, or missing. Pure.

Each part is walked once, in the order of its offsets, beside the offsets that the tables hold of it: nothing
is kept in memory but what could not be decided yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, Protocol, TypeVar

import msgspec

UNKNOWN_SOURCE: Final = "unknown"
SOURCE_HEADER: Final = "ce_source"
NAMED: Final = 100
"""At most so many missing or unexplained records are named; all are counted."""


class Identity(msgspec.Struct, frozen=True):
    """What makes two records the same event."""

    source: str
    request_id: str
    event_id: str


class _Body(msgspec.Struct):
    source: str = ""


read_identity = msgspec.json.Decoder(Identity).decode
_read_body = msgspec.json.Decoder(_Body).decode
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class KeyedRecord(Protocol):
    """What is asked of a record of the log."""

    @property
    def offset(self) -> int:
        """Its place in its part."""

    @property
    def value(self) -> bytes:
        """Its body."""

    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]:
        """Its headers."""


class Fate(Enum):
    """What became of a record, as far as offsets tell."""

    STORED = auto()
    REJECTED = auto()
    OPEN = auto()
    """A duplicate, or missing: its identity must be looked up."""


@dataclass(slots=True)
class Tally:
    """The account of one source."""

    published: int = 0
    stored: int = 0
    duplicates: int = 0
    rejected: int = 0

    @property
    def missing(self) -> int:
        """How many records are nowhere."""
        return self.published - self.stored - self.duplicates - self.rejected

    @property
    def is_exact(self) -> bool:
        """Whether every record is accounted for."""
        return not self.missing


@dataclass(slots=True)
class Account:
    """The account of the log."""

    sources: dict[str, Tally] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    """Records that are nowhere, by name, the first NAMED of them."""
    unexplained: list[str] = field(default_factory=list)
    """Rows without a record in the log, or that are both stored and rejected; the first NAMED of them."""
    unexplained_rows: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether every record is accounted for and every row has its record."""
        return not self.unexplained_rows and all(tally.is_exact for tally in self.sources.values())

    def tally(self, source: str) -> Tally:
        """Return the account of a source, a new one where it has none."""
        return self.sources.setdefault(source, Tally())

    def count(self, source: str, fate: Fate) -> bool:
        """Count a published record of a source; return whether its fate is decided."""
        tally = self.tally(source)
        tally.published += 1
        tally.stored += fate is Fate.STORED
        tally.rejected += fate is Fate.REJECTED
        return fate is not Fate.OPEN

    def miss(self, name: str) -> None:
        """Note a record that is nowhere."""
        if len(self.missing) < NAMED:
            self.missing.append(name)

    def cannot_explain(self, name: str) -> None:
        """Note a row that the log does not explain."""
        self.unexplained_rows += 1
        if len(self.unexplained) < NAMED:
            self.unexplained.append(name)


class Offsets:
    """Ascending offsets of a table, walked beside the log."""

    def __init__(self, offsets: Iterable[int]) -> None:
        """Take the offsets, ascending."""
        self._offsets = iter(offsets)
        self._next = next(self._offsets, None)
        self.passed: list[int] = []
        """Offsets that no record of the log has; empty it when it was read."""

    def holds(self, offset: int) -> bool:
        """Return whether the table holds this offset; ask in ascending order, for every record of the log."""
        while self._next is not None and self._next < offset:
            self.passed.append(self._next)
            self._next = next(self._offsets, None)
        if self._next != offset:
            return False
        self._next = next(self._offsets, None)
        return True


def source_of(record: KeyedRecord) -> str:
    """Return who sent a record: by its header, else by its body, else `unknown`."""
    for name, value in record.headers:
        if name == SOURCE_HEADER and value:
            return value.decode(errors="replace")[:200]
    try:
        return _read_body(record.value).source[:200] or UNKNOWN_SOURCE
    except UNREADABLE:
        return UNKNOWN_SOURCE


Record = TypeVar("Record", bound=KeyedRecord)


def fates(
    records: Iterable[Record], stored: Iterable[int], rejected: Iterable[int], account: Account, part: int
) -> Iterator[tuple[Record, Fate]]:
    """Yield each record of one part with what its offset tells, and note rows without a record.

    Rows below the log's first record are left out: the log was shortened since. So are those above its last:
    they came after it was read.
    """
    in_facts, in_rejected = Offsets(stored), Offsets(rejected)
    is_first = True
    for record in records:
        is_stored, is_rejected = in_facts.holds(record.offset), in_rejected.holds(record.offset)
        if not is_first:
            for offset in (*in_facts.passed, *in_rejected.passed):
                account.cannot_explain(f"part {part} offset {offset}: a row without a record")
        in_facts.passed, in_rejected.passed = [], []
        is_first = False
        if is_stored and is_rejected:
            account.cannot_explain(f"part {part} offset {record.offset}: both stored and rejected")
        yield record, Fate.STORED if is_stored else Fate.REJECTED if is_rejected else Fate.OPEN
