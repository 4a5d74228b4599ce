"""Stable ids of events, and pseudonyms of those who complain.

An event's id is made of what the source says of it and of nothing else, so that whoever sends it again, from
whichever file, sends the same id. A reporter is a keyed hash: who lacks the key cannot go from a telephone
number to its hash by trying all numbers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from typing import Final

from producers.contract import MAX_ID_CHARACTERS, Kind

_PSEUDONYM: Final = re.compile(r"[0-9a-f]{32}")
_PSEUDONYM_BYTES: Final = 16
_ONCE: Final = frozenset({Kind.OPENED})
"""Kinds that happen to a request once; all others are told apart by when they happened."""


def make_event_id(request_id: str, kind: Kind, occurred_at: dt.datetime) -> str:
    """Return the id of a happening, unique within its source.

    Args:
        request_id: the source's own number of the request.
        kind: what happened.
        occurred_at: aware; part of the id where the kind may happen to a request more than once.
    """
    parts = [request_id, kind.value]
    if kind not in _ONCE:
        parts.append(occurred_at.astimezone(dt.UTC).isoformat(timespec="milliseconds"))
    readable = "/".join(parts)
    if len(readable) <= MAX_ID_CHARACTERS:
        return readable
    return hashlib.sha256(readable.encode("utf-8", "surrogatepass")).hexdigest()


class Pseudonyms:
    """Turns what identifies a person at a source into a hash that identifies nobody elsewhere.

    HMAC-SHA256 (RFC 2104) under the platform's key, cut to 128 bits, in hex.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def of(self, namespace: str, person: str) -> str:
        """Return the pseudonym of a person; empty where there is none to name.

        What looks like a pseudonym already (32 hex digits; no telephone or identity number does) is kept, so
        that sending an event on does not make its reporter another one.

        Args:
            namespace: within which `person` means one person: mostly the source.
            person: number, name or account as the source gives it; blanks around it do not count.
        """
        person = person.strip()
        if not person or _PSEUDONYM.fullmatch(person):
            return person
        message = f"{namespace}\0{person}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, message, "sha256")[:_PSEUDONYM_BYTES].hex()
