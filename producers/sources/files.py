"""An input file as records: its format, its encoding, its mapping, its order, put together.

Nothing here knows of Kafka: `pulse produce file --dry-run` prints what this yields.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal, Self

from producers.errors import MappingError, UnreadableFile
from producers.identity import Pseudonyms
from producers.records import Record
from producers.sources.csv_rows import read_csv
from producers.sources.encodings import TextEncoding, check_encoding, detect_encoding
from producers.sources.jsonl_rows import read_jsonl
from producers.sources.mapper import Mapper
from producers.sources.mapping import Mapping
from producers.sources.native import native_records
from producers.sources.rows import Table
from producers.sources.xlsx_rows import read_xlsx

Format = Literal["csv", "jsonl", "xlsx"]
SUFFIXES: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}


@dataclass(frozen=True)
class FileOptions:
    """How to read a file, where the file itself does not say."""

    format: Format | None = None
    """None: by the name's ending."""
    encoding: str | None = None
    """None: looked for in the file."""
    sheet: str | None = None
    """Of a workbook; None: the first."""


class InputFile:
    """A file of one source while it is read once through; a context manager that closes it.

    Args:
        path: the file.
        mapping: how its rows become events; None where its lines are events of the contract already.
        pseudonyms: hashes reporters.
        options: see there.

    Raises:
        UnreadableFile: there is no such file.
    """

    def __init__(
        self,
        path: Path,
        mapping: Mapping | None,
        pseudonyms: Pseudonyms,
        options: FileOptions | None = None,
    ) -> None:
        self.path = path
        self._mapping = mapping
        self._pseudonyms = pseudonyms
        self._options = options or FileOptions()
        self._opened: IO[str] | None = None
        self._closing = ExitStack()
        self.size = _size(path)
        """Bytes."""
        self.rows = 0
        """Rows read so far."""

    @property
    def position(self) -> int:
        """Return how many of its bytes have been read, as far as that is known."""
        if self._opened is None or self._opened.closed:
            return self.size
        return self._opened.buffer.tell()  # type: ignore[attr-defined, no-any-return]  # it is a TextIOWrapper

    def records(self) -> Iterator[Record]:
        """Return the records of all rows in the file's own order.

        What is wrong with the file as a whole is said here; its rows are read one by one later.

        Raises:
            UnreadableFile: it cannot be opened or read as its format.
            MappingError: it lacks a column that the mapping reads, or needs a mapping.
        """
        if self._mapping is None:
            return self._native()
        table = self._table()
        _check_columns(table, self._mapping, self.path)
        return self._mapped(table, Mapper(self._mapping, self._pseudonyms, self.path.name))

    def _mapped(self, table: Table, mapper: Mapper) -> Iterator[Record]:
        for row in table.rows:
            self.rows += 1
            yield from mapper.records(row)

    def _native(self) -> Iterator[Record]:
        if self._format() != "jsonl":
            raise MappingError(f"{self.path}: a {self._format()} file needs a mapping; see `--mapping`")
        lines = self._open(self._encoding())
        return map(self._counted, native_records(lines, self._pseudonyms, self.path.name))

    def _counted(self, record: Record) -> Record:
        self.rows += 1
        return record

    def _table(self) -> Table:
        file_format = self._format()
        if file_format == "xlsx":
            return read_xlsx(self.path, self._options.sheet)
        encoding = self._encoding()
        reader = read_csv if file_format == "csv" else read_jsonl
        return reader(self.path, self._open(encoding), encoding)

    def _format(self) -> Format:
        found = self._options.format or SUFFIXES.get(self.path.suffix.casefold())
        if found is None:
            raise UnreadableFile(f"{self.path}: its ending names no format; say `--format csv|jsonl|xlsx`")
        return found

    def _encoding(self) -> TextEncoding:
        if self._options.encoding is not None:
            return check_encoding(self.path, self._options.encoding)
        return detect_encoding(self.path)

    def _open(self, encoding: TextEncoding) -> IO[str]:
        opened = self.path.open(encoding=encoding.name, errors="surrogateescape", newline="")
        self._opened = self._closing.enter_context(opened)
        return self._opened

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror or error}") from error


def _check_columns(table: Table, mapping: Mapping, path: Path) -> None:
    if table.columns is None:
        return
    for column, field in mapping.needed_columns().items():
        if column not in table.columns:
            raise MappingError(
                f"{path}: no column {column!r}, which the mapping of {mapping.source} needs for `{field}`;"
                f" its columns are {', '.join(table.columns)}"
            )
