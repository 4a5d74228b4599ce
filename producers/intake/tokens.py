"""Who a bearer token belongs to. Settings hold hashes, so that reading them lets nobody in."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence


class Tokens:
    """The tokens of all sources.

    Args:
        hashes: for each source the SHA-256, in hex, of its tokens.
    """

    def __init__(self, hashes: Mapping[str, Sequence[str]]) -> None:
        self._hashes = [(source, each) for source, of_source in hashes.items() for each in of_source]

    def source_of(self, authorization: str | None) -> str | None:
        """Return the source whose token an `Authorization` header bears; None where it bears nobody's.

        All hashes are compared, each in constant time: how long it takes says nothing about them.
        """
        scheme, _, token = (authorization or "").partition(" ")
        presented = hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).hexdigest()
        found = None
        for source, known in self._hashes:
            if hmac.compare_digest(presented, known):
                found = source
        return found if scheme.casefold() == "bearer" else None
