"""Which encoding a text file is in: UTF-8, GB18030 (GBK and GB2312 are parts of it), UTF-16 by its mark.

The whole file is looked at, since a file whose first megabyte is ASCII says nothing in it.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from producers.errors import UnreadableFile

CHUNK_BYTES: Final = 1024 * 1024
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ESCAPE: Final = "backslashreplace"
"""Bytes that are in no encoding appear as \\xNN in what is read; `damaged` finds them."""


@dataclass(frozen=True)
class TextEncoding:
    """How to read a file."""

    name: str
    is_clean: bool
    """Whether all of the file is valid in it."""


def detect_encoding(file: Path) -> TextEncoding:
    """Return the encoding of a file: by its mark, else UTF-8 if all of it is, else GB18030.

    Where parts of it are in neither, the one that breaks later is taken: most of the file is in it, with some
    damage.

    Raises:
        UnreadableFile: the file cannot be opened.
    """
    mark = _by_mark(file)
    if mark is not None:
        return TextEncoding(mark, is_clean=_first_error(file, mark) is None)
    broken_at = {name: _first_error(file, name) for name in ("utf-8", "gb18030")}
    for name, place in broken_at.items():
        if place is None:
            return TextEncoding(name, is_clean=True)
    latest = max(broken_at, key=lambda name: broken_at[name] or 0)
    return TextEncoding(latest, is_clean=False)


def check_encoding(file: Path, name: str) -> TextEncoding:
    """Return a named encoding, and whether all of the file is valid in it.

    Raises:
        UnreadableFile: the file cannot be opened, or Python knows no such encoding.
    """
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise UnreadableFile(f"{file}: there is no encoding {name!r}; try utf-8 or gb18030") from error
    if codecs.lookup(name).name == "utf-8" and _by_mark(file) == "utf-8-sig":
        name = "utf-8-sig"
    return TextEncoding(name, is_clean=_first_error(file, name) is None)


def damaged(text: str) -> bool:
    """Return whether a text read with `surrogateescape` holds bytes that are not in the file's encoding."""
    return any("\udc80" <= character <= "\udcff" for character in text)


def readable(text: str) -> str:
    """Return a damaged text with its stray bytes written as escapes, so that JSON can hold it."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", ESCAPE)


def _by_mark(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            start = opened.read(4)
    except OSError as error:
        raise UnreadableFile(f"{file}: {error.strerror or error}") from error
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)


def _first_error(file: Path, name: str) -> int | None:
    """Return about how many bytes of the file are valid before the first that is not; None where all are."""
    decoder = codecs.getincrementaldecoder(name)()
    done = 0
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return done + error.start
            done += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return done
    return None
