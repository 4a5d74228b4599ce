"""Kafka's record format version 2, as far as a producer writes it: one record as bytes.

https://kafka.apache.org/documentation/#record. Pure; `producers/batches.py` says why this is done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_NULL: Final = b"\x01"  # the varint of -1, which stands for a missing key


def varint(value: int) -> bytes:
    """Return a signed number of up to 64 bits, zigzag-coded, seven bits to a byte, the lowest first."""
    rest = (value << 1) ^ (value >> 63)
    out = bytearray()
    while rest >= 0x80:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


# Fourteen varints stand in every record; looking the short ones up takes a third of its time from packing.
_SHORT: Final = tuple(varint(length) for length in range(4096))


def _length(value: int) -> bytes:
    return _SHORT[value] if value < len(_SHORT) else varint(value)


@lru_cache(maxsize=256)
def _name(header: str) -> bytes:
    """Return a header's name with its length; names are few."""
    encoded = header.encode()
    return varint(len(encoded)) + encoded


def pack(key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the part of a record that does not depend on its place in a batch: key, value and headers."""
    parts = [_NULL] if key is None else [_length(len(key)), key]
    parts += (_length(len(value)), value, _length(len(headers)))
    for name, content in headers:
        parts += (_name(name), _length(len(content)), content)
    return b"".join(parts)


def frame(packed: bytes, offset_delta: int, timestamp_delta_ms: int) -> bytes:
    """Return the whole record: length, attributes (none), timestamp, offset, and what `pack` made."""
    head = b"\x00" + varint(timestamp_delta_ms) + _length(offset_delta)
    return b"".join((_length(len(head) + len(packed)), head, packed))
