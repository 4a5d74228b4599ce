"""Records that no event can be read from: what goes wrong between a request system and the platform.

Each is made of an event of the stream, so that all else about it is right. They are published as they are;
the intake has to reject each with its reason and keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from producers.contract import MAX_EVENT_BYTES, ComplaintEvent, Headers, encode, event_headers
from producers.records import Record, event_record
from producers.sources.synthetic.chance import Chance

Body = dict[str, Any]
EACH: Final = 6
"""How many of each defect are in the example district."""


def _changed(event: ComplaintEvent, change: Mapping[str, Any], drop: str = "") -> bytes:
    body: Body = msgspec.json.decode(encode(event))
    body |= change
    body.pop(drop, None)
    return msgspec.json.encode(body)


def _cut_off(event: ComplaintEvent) -> bytes:
    """A body that ends in the middle, as after a lost connection."""
    whole = encode(event)
    return whole[: len(whole) * 2 // 3]


def _not_utf8(event: ComplaintEvent) -> bytes:
    """A body in GB18030, which Chinese systems write and JSON does not allow."""
    return encode(event).decode().encode("gb18030")


def _no_occurred_at(event: ComplaintEvent) -> bytes:
    return _changed(event, {}, drop="occurred_at")


def _unknown_kind(event: ComplaintEvent) -> bytes:
    return _changed(event, {"kind": "escalated"})


def _wrong_type(event: ComplaintEvent) -> bytes:
    return _changed(event, {"title": 12345})


def _no_zone(event: ComplaintEvent) -> bytes:
    """A local time without its offset: eight hours off, if it were taken."""
    return _changed(event, {"occurred_at": f"{event.occurred_at:%Y-%m-%dT%H:%M:%S}"})


def _bad_satisfaction(event: ComplaintEvent) -> bytes:
    """Five stars of five, where a share is asked for."""
    return _changed(event, {"satisfaction": 5})


def _half_a_position(event: ComplaintEvent) -> bytes:
    return _changed(event, {"lon": 114.35}, drop="lat")


def _future(event: ComplaintEvent) -> bytes:
    """A terminal whose clock is set to the wrong century."""
    return _changed(event, {"occurred_at": "2121-06-01T08:00:00Z", "arrived_at": "2121-06-01T08:00:00Z"})


def _too_large(event: ComplaintEvent) -> bytes:
    """A photograph pasted into the text."""
    return _changed(event, {"text": "iVBORw0KGgo" * (MAX_EVENT_BYTES // 11 + 1)})


DEFECTS: Final[Mapping[str, tuple[str, Callable[[ComplaintEvent], bytes]]]] = {
    "cut_off": ("not_json", _cut_off),
    "not_utf8": ("not_json", _not_utf8),
    "no_occurred_at": ("invalid_field", _no_occurred_at),
    "unknown_kind": ("invalid_field", _unknown_kind),
    "wrong_type": ("invalid_field", _wrong_type),
    "no_zone": ("invalid_field", _no_zone),
    "bad_satisfaction": ("invalid_field", _bad_satisfaction),
    "half_a_position": ("invalid_field", _half_a_position),
    "future": ("in_the_future", _future),
    "too_large": ("too_large", _too_large),
}
"""Defects of the body: the reason for which the intake rejects each, and how it is made."""
ENVELOPE: Final[Mapping[str, str]] = {"wrong_key": "wrong_key", "headers_disagree": "headers_disagree"}
"""Defects around a sound body, and the reason for each."""


def malformed(models: Sequence[ComplaintEvent], chance: Chance) -> list[tuple[Record, str]]:
    """Return every defect `EACH` times, with the reason for which the intake has to reject it.

    Args:
        models: events to make them of; what is made has request and event ids of its own.
        chance: the draws.
    """
    made: list[tuple[Record, str]] = []
    for defect in (*DEFECTS, *ENVELOPE):
        for number, model in enumerate(chance.sample(models, EACH), 1):
            made.append(_make(defect, _renamed(model, f"BAD-{defect}-{number}")))
    return made


def _renamed(event: ComplaintEvent, request_id: str) -> ComplaintEvent:
    return msgspec.structs.replace(event, request_id=request_id, event_id=f"{request_id}-1")


def _make(defect: str, event: ComplaintEvent) -> tuple[Record, str]:
    record = event_record(event)
    if defect == "wrong_key":
        return record._replace(key=event.request_id.encode()), ENVELOPE[defect]
    if defect == "headers_disagree":
        return record._replace(headers=_other_id(event)), ENVELOPE[defect]
    reason, spoil = DEFECTS[defect]
    return record._replace(value=spoil(event)), reason


def _other_id(event: ComplaintEvent) -> Headers:
    return [(name, b"another-id" if name == "ce_id" else value) for name, value in event_headers(event)]
