"""A request's body as events that can be taken, and reasons for those that cannot. Pure.

What is missing is filled in where there is one right answer: the source is that of the token, the event id
follows from request, kind and time as for every other producer. Whatever stands in `reporter` is hashed
unless it is hashed already: a telephone number that a caller forgot to hash goes nowhere.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import msgspec

from producers.contract import (
    MAX_EVENT_BYTES,
    ComplaintEvent,
    encode,
    event_headers,
    event_key,
    fault_of,
)
from producers.identity import Pseudonyms, make_event_id
from producers.records import Record, arrival


class Accepted(NamedTuple):
    """An event that can be taken."""

    event: ComplaintEvent
    unknown: dict[str, Any]
    """Fields that this version does not know: they go on, for consumers that do."""


class Refused(NamedTuple):
    """An item that cannot."""

    field: str
    """The field at fault; empty where it is the item as a whole."""
    reason: str


class NotAnEventList(ValueError):
    """The body as a whole is not an event or an array of events."""


class ForeignSource(ValueError):
    """An item claims another source than that of the token."""


def split_body(body: bytes) -> list[msgspec.Raw]:
    """Return the items of a body: those of an array, or the one object.

    Raises:
        NotAnEventList: it is no JSON, or neither of the two, or an empty array.
    """
    try:
        whole = msgspec.json.decode(body, type=list[msgspec.Raw] | dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAnEventList(f"the body is not one event or an array of events in JSON: {error}") from error
    if isinstance(whole, dict):
        return [msgspec.Raw(body)]
    if not whole:
        raise NotAnEventList("the array has no events")
    return whole


class Judge:
    """Decides on items.

    Args:
        pseudonyms: hashes reporters.
        tolerance: how far behind now an event may be dated, for clocks that differ.
    """

    def __init__(self, pseudonyms: Pseudonyms, tolerance: dt.timedelta) -> None:
        self._pseudonyms = pseudonyms
        self._tolerance = tolerance

    def judge(self, item: bytes | msgspec.Raw, source: str, now: dt.datetime) -> Accepted | Refused:
        """Return the event of an item, or why it cannot be taken.

        Args:
            item: JSON.
            source: that of the token.
            now: aware.

        Raises:
            ForeignSource: it claims another source.
        """
        try:
            given = msgspec.json.decode(item)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return Refused("", f"not JSON: {error}")
        if not isinstance(given, dict):
            return Refused("", "an event is a JSON object")
        if given.setdefault("source", source) != source:
            raise ForeignSource(f"the token is that of {source!r}; an event claims another source")
        return self._event(given, now)

    def _event(self, given: dict[str, Any], now: dt.datetime) -> Accepted | Refused:
        unnamed = "event_id" not in given
        try:
            # The id follows from other fields, which have to be read first.
            event = msgspec.convert({"event_id": "-", **given}, ComplaintEvent)
        except msgspec.ValidationError as error:
            return _refused(error)
        if unnamed:
            event_id = make_event_id(event.request_id, event.kind, event.occurred_at)
            event = msgspec.structs.replace(event, event_id=event_id)
        fault = fault_of(event, now + self._tolerance)
        if fault is not None:
            return Refused(fault.field, fault.problem)
        reporter = self._pseudonyms.of(event.source, event.reporter)
        event = msgspec.structs.replace(event, reporter=reporter, **_in_utc(event))
        known = ComplaintEvent.__struct_fields__
        unknown = {name: value for name, value in given.items() if name not in known}
        return _within_size(Accepted(event, unknown))


def stamped_record(accepted: Accepted, now: dt.datetime) -> Record:
    """Return the record of an event, which arrives now unless it says when it did.

    Args:
        accepted: what `Judge` let through.
        now: aware; not earlier than that of any tick sent before.
    """
    event, unknown = accepted
    if event.arrived_at is None:
        event = msgspec.structs.replace(event, arrived_at=max(now, event.occurred_at))
    value = encode(unknown | msgspec.to_builtins(event)) if unknown else encode(event)
    key = event_key(event.source, event.request_id)
    return Record(key, value, event_headers(event), arrival(event), event.source)


def _in_utc(event: ComplaintEvent) -> dict[str, dt.datetime]:
    """Return the event's moments in UTC, as the contract sends them."""
    moments = {name: getattr(event, name) for name in ("occurred_at", "arrived_at", "due_at")}
    return {name: moment.astimezone(dt.UTC) for name, moment in moments.items() if moment is not None}


def _within_size(accepted: Accepted) -> Accepted | Refused:
    size = len(encode(accepted.event)) + len(encode(accepted.unknown))
    if size > MAX_EVENT_BYTES:
        return Refused("", f"has {size} bytes; at most {MAX_EVENT_BYTES} are taken")
    return accepted


def _refused(error: msgspec.ValidationError) -> Refused:
    """Return the field and the reason in a message such as "Expected `str`, got `int` - at `$.title`"."""
    reason, _, path = str(error).partition(" - at ")
    if path:
        return Refused(path.strip("`").removeprefix("$."), reason)
    field = reason.rpartition("required field ")[2].strip("`") if "required field" in reason else ""
    return Refused(field, reason)
