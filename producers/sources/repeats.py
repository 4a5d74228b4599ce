"""Rows that tell of a request once more, under another number.

Request systems repeat themselves, and people who publish their data copy rows. Where a mapping says by which
columns such rows are known, the later one takes the earlier one's request number: its event then has the same
id, and counts once. Memory is a few dozen bytes for each row of the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from producers.sources.cells import as_text
from producers.sources.rows import Row, column_name


class Repeats:
    """Remembers the rows of one file.

    Args:
        same_request: sets of columns; a row equal to an earlier one in all columns of one set repeats it.
    """

    def __init__(self, same_request: Iterable[Iterable[str]]) -> None:
        self._sets = [tuple(map(column_name, columns)) for columns in same_request]
        self._seen: dict[bytes, str] = {}

    def first_request(self, row: Row, request_id: str) -> str:
        """Return the request number of the first row that this one repeats; its own where it repeats none."""
        if not self._sets:
            return request_id
        contents = [content for number in range(len(self._sets)) if (content := self._content(row, number))]
        first = next((self._seen[content] for content in contents if content in self._seen), request_id)
        for content in contents:
            self._seen.setdefault(content, first)
        return first

    def _content(self, row: Row, number: int) -> bytes:
        """Return a digest of the row's cells in one set; empty where a cell is: it then equals no other."""
        texts = [as_text(row.cells.get(column) or "") for column in self._sets[number]]
        if not all(texts):
            return b""
        joined = "\0".join((str(number), *texts)).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(joined, digest_size=16).digest()
