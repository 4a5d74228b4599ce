"""Putting the records of a file in the order in which they arrived, however large the file is.

A replay must bring events in order of arrival: a partition's clock never goes back, and what comes behind it
counts as late. Files are often in other orders, and one row may tell of things months apart. Records are
sorted in memory in runs; full runs go to temporary files and are merged (D. Knuth, TAOCP 3, 5.4).
"""

from __future__ import annotations

import datetime as dt
import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Final, NamedTuple

import msgspec

from producers.records import Record

RUN_RECORDS: Final = 100_000
"""Records of one run: about 150 MB of memory with events of usual size."""
_LENGTH_BYTES: Final = 4
_LONG_AGO: Final = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


class _Placed(NamedTuple):
    """A record with what it is sorted by."""

    arrived_at: dt.datetime
    number: int
    record: Record


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Placed).decode


def in_order_of_arrival(records: Iterable[Record], run_records: int = RUN_RECORDS) -> Iterator[Record]:
    """Yield all records by arrival; those of one moment as they came, those without behind their neighbour.

    Args:
        records: read to the end before the first is yielded.
        run_records: how many are held in memory at a time.
    """
    with ExitStack() as files:
        runs: list[Iterator[_Placed]] = []
        held: list[_Placed] = []
        for placed in _placed(records):
            held.append(placed)
            if len(held) >= run_records:
                runs.append(_spilled(sorted(held, key=_rank), files))
                held = []
        runs.append(iter(sorted(held, key=_rank)))
        for placed in heapq.merge(*runs, key=_rank):
            yield placed.record


def _placed(records: Iterable[Record]) -> Iterator[_Placed]:
    last = _LONG_AGO
    for number, record in enumerate(records):
        last = record.arrived_at or last
        yield _Placed(last, number, record)


def _rank(placed: _Placed) -> tuple[dt.datetime, int]:
    return placed.arrived_at, placed.number


def _spilled(run: list[_Placed], files: ExitStack) -> Iterator[_Placed]:
    """Write a run to a temporary file and return what reads it back."""
    file = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  (read back after this returns)
    for placed in run:
        encoded = _encode(placed)
        file.write(len(encoded).to_bytes(_LENGTH_BYTES, "big"))
        file.write(encoded)
    file.seek(0)
    return _read_back(file)


def _read_back(file: IO[bytes]) -> Iterator[_Placed]:
    while length := file.read(_LENGTH_BYTES):
        yield _decode(file.read(int.from_bytes(length, "big")))
