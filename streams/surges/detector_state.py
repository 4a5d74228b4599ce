"""All that a detector knows, as plain data, and as bytes: what a checkpoint holds. Pure.

First a copy is taken (`Detector.copy`), while nothing is weighed: that takes milliseconds. The state is made
of it, and packed, at leisure, in any thread. Equal detectors have equal bytes: what does not bear on any
later surge (room in tables, scores below the threshold) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np
import zstandard

from streams.surges.arrival import Record
from streams.surges.city_clock import ClockState
from streams.surges.city_surge import CityState
from streams.surges.moments import MomentsCopy, MomentsState
from streams.surges.remembered import RecordsState, records_state
from streams.surges.routes import UnitsCopy, UnitsState
from streams.surges.shares import SharesState
from streams.surges.voices import VoicesState

LAYOUT = "2"
"""Rises whenever the state is packed otherwise."""
COLUMN_TYPES = frozenset({"<f4", "<f8", "<i8", "<u8", "|b1"})
PACKING_LEVEL = 1


class UnreadableState(ValueError):
    """These bytes are not a state of this layout."""


class DetectorHours(msgspec.Struct, frozen=True):
    """Where a detector stands in time: UTC hours, s since 1970 // 3600."""

    begin: int
    hour: int
    today_begins: int


class DetectorState(msgspec.Struct, frozen=True):
    """A detector as plain data."""

    hours: DetectorHours
    open: list[int]
    """Numbers of the units with a surge open, in the order in which they opened."""
    clock: ClockState
    shares: SharesState
    voices: VoicesState
    city: CityState
    seen: MomentsState
    units: UnitsState
    records: RecordsState
    """Of each unit; the last list is the city's."""


class DetectorCopy(NamedTuple):
    """A detector as it stood, sharing with it only what never changes."""

    threshold: float
    """Scores below say as much as none."""
    hours: DetectorHours
    open: list[int]
    clock: ClockState
    shares: SharesState
    voices: VoicesState
    city: CityState
    seen: MomentsCopy
    units: UnitsCopy
    of_city: list[Record]

    def state(self) -> DetectorState:
        """Return the state."""
        units = self.units
        moments = np.array(units.moments).reshape(-1, 3)
        moments[moments[:, 2] < self.threshold, 2] = -np.inf
        return DetectorState(
            hours=self.hours,
            open=self.open,
            clock=self.clock,
            shares=self.shares,
            voices=self.voices,
            city=self.city,
            seen=self.seen.state(),
            units=UnitsState(
                units.levels,
                units.names,
                units.paths,
                moments,
                units.episodes,
                units.times,
                (units.heard[0].state(), units.heard[1].state()),
            ),
            records=records_state([*units.records, self.of_city]),
        )


def pack(state: DetectorState) -> Iterator[bytes]:
    """Yield the state as bytes, piece by piece, so that other threads get their turn between them."""
    compressor = zstandard.ZstdCompressor(level=PACKING_LEVEL).compressobj()
    for name in state.__struct_fields__:
        packed = _encode(getattr(state, name))
        yield compressor.compress(len(packed).to_bytes(8, "little") + packed)
    yield compressor.flush()


def unpack(packed: bytes) -> DetectorState:
    """Return the state that was packed.

    Raises:
        UnreadableState: it is none.
    """
    try:
        plain = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
        return DetectorState(**_sections(memoryview(plain)))
    except (zstandard.ZstdError, msgspec.MsgspecError, ValueError, TypeError) as exc:
        raise UnreadableState(f"not a detector's state: {exc}") from exc


def _sections(plain: memoryview) -> dict[str, Any]:
    sections, at = {}, 0
    for field in msgspec.structs.fields(DetectorState):
        begin = at + 8
        at = begin + int.from_bytes(plain[at:begin], "little")
        sections[field.name] = msgspec.msgpack.decode(plain[begin:at], type=field.type, dec_hook=_column)
    return sections


def _plain(column: object) -> tuple[str, tuple[int, ...], memoryview]:
    if isinstance(column, np.ndarray) and column.dtype.str in COLUMN_TYPES:
        return column.dtype.str, column.shape, column.reshape(-1).view(np.uint8).data
    raise NotImplementedError(f"{type(column)} is not plain data")


def _column(_: type, plain: Any) -> np.ndarray[Any, Any]:
    kind, shape, data = plain
    if kind not in COLUMN_TYPES:
        raise UnreadableState(f"no column of {kind}")
    # A copy: what stands in the packed bytes cannot be written to.
    return np.frombuffer(data, kind).reshape(shape).copy()


_encode = msgspec.msgpack.Encoder(enc_hook=_plain).encode
