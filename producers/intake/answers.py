"""What the intake answers. The structs are documented in /openapi.json as they stand here."""

from __future__ import annotations

from typing import Literal

import msgspec


class ItemResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one event."""

    index: int
    """Its place in the array, from 0."""
    status: Literal["accepted", "refused"]
    event_id: str = ""
    """Of an accepted event; the platform's own where none was sent."""
    field: str = ""
    """Of a refused event: the field at fault; absent where it is the event as a whole."""
    reason: str = ""
    """Of a refused event: what is wrong with the field."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the events of a request."""

    accepted: int
    """Events that Kafka has acknowledged."""
    refused: int
    """Events that were not taken and will not be: mend them and send them again."""
    results: tuple[ItemResult, ...]
    """One for each event, in order."""


class Problem(msgspec.Struct, frozen=True):
    """Why a request as a whole was not served."""

    error: str
    """One sentence."""
