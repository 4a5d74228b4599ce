"""JSON Lines of the event contract itself: each line is an event and goes on as it stands.

Unknown fields go on too: a consumer of a later version may know them. Only a reporter that is not hashed yet
is. A line that is no event goes on whole as a defect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from producers.contract import decode_event, encode, event_headers, event_key
from producers.identity import Pseudonyms
from producers.records import Record, arrival, defect_record, within_limit
from producers.sources.encodings import readable

UNKNOWN_SOURCE: Final = "unknown"


def native_records(lines: Iterable[str], pseudonyms: Pseudonyms, file: str) -> Iterator[Record]:
    """Yield the record of each line that is not blank.

    Args:
        lines: of a file opened with `errors="surrogateescape"`.
        pseudonyms: hashes reporters.
        file: for messages.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _record(line.strip(), pseudonyms, f"{file}, line {number}")


def _record(line: str, pseudonyms: Pseudonyms, place: str) -> Record:
    value = readable(line).encode()
    try:
        event = decode_event(value)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return _defect(value, place, error)
    reporter = pseudonyms.of(event.source, event.reporter)
    if reporter != event.reporter:
        value = encode({**msgspec.json.decode(value), "reporter": reporter})
    key = event_key(event.source, event.request_id)
    return within_limit(Record(key, value, event_headers(event), arrival(event), event.source), place)


def _defect(value: bytes, place: str, error: Exception) -> Record:
    loose = _loose(value)
    source, request_id = loose.get("source"), loose.get("request_id")
    return defect_record(
        source if isinstance(source, str) and source else UNKNOWN_SOURCE,
        request_id if isinstance(request_id, str) and request_id else place,
        value,
        f"{place}: {error}",
    )


def _loose(value: bytes) -> dict[str, Any]:
    """Return the object in a line; empty where it is none."""
    try:
        loose = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    return loose if isinstance(loose, dict) else {}
