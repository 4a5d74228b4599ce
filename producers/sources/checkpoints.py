"""How far a file has been published, kept in a small file of its own.

It saves time alone: who starts over publishes the same event ids again, and they count as duplicates. A
checkpoint counts the leading records that Kafka has acknowledged without a gap, in an order that the same
input always has; it belongs to the content of the input and to its mapping, and is worth nothing for others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from producers.errors import UnreadableFile


class _Saved(msgspec.Struct, frozen=True):
    fingerprint: str
    acknowledged: int


class Checkpoint:
    """The state file of one input.

    Args:
        file: where it is kept; it need not exist.
        fingerprint: of the input (see `fingerprint`).

    Raises:
        UnreadableFile: the file is something else.
    """

    def __init__(self, file: Path, fingerprint: str) -> None:
        self._file = file
        self._fingerprint = fingerprint
        self.begun_at = self._read()
        """How many leading records a former run has brought through."""

    def save(self, settled: int) -> None:
        """Keep how many of this run's records, counted from `begun_at`, are acknowledged without a gap."""
        saved = _Saved(self._fingerprint, self.begun_at + settled)
        # A crash in the middle of writing leaves the former file.
        beside = self._file.with_name(self._file.name + ".new")
        beside.write_bytes(msgspec.json.encode(saved))
        beside.replace(self._file)

    def _read(self) -> int:
        try:
            saved = msgspec.json.decode(self._file.read_bytes(), type=_Saved)
        except FileNotFoundError:
            return 0
        except (msgspec.DecodeError, OSError) as error:
            raise UnreadableFile(
                f"{self._file}: not a state file of `pulse produce file`: {error}"
            ) from error
        return saved.acknowledged if saved.fingerprint == self._fingerprint else 0


def fingerprint(files: Iterable[Path], how: bytes) -> str:
    """Return what stands for the content of files and the way in which they are read.

    Args:
        files: in order.
        how: mapping, order, and whatever else decides which records come out.

    Raises:
        UnreadableFile: a file cannot be read.
    """
    digest = hashlib.sha256(how)
    for file in files:
        try:
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        except OSError as error:
            raise UnreadableFile(f"{file}: {error.strerror or error}") from error
    return digest.hexdigest()
