"""Records that no event can be read from, of every kind we could think of, with the reason of each. Pure.

They are what a foreign client may send, so some have no key, no value, or headers that lie. Each bears a
header of its own, by which it is found again among the rejected ones.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from producers.contract import (
    ComplaintEvent,
    Headers,
    Tick,
    control_headers,
    encode,
    event_headers,
    event_key,
)
from streams.contract import Reason

MARK: Final = "x-chaos"
HUGE_BYTES: Final = 10_000_000
"""Far above the contract's limit, below what a broker takes."""
DEEP: Final = 20_000


@dataclass(frozen=True)
class Sent:
    """A record as the harness sends it, and why it has to be rejected; None: it has to be taken."""

    name: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    reason: Reason | None
    is_foreseen: bool = True
    """Whether its maker knows what has to become of it; not of a repeat of just anything."""


Spoil = Callable[[ComplaintEvent], bytes | None]


def poison(model: ComplaintEvent, mark: str) -> Iterator[Sent]:
    """Yield every kind once.

    Args:
        model: a sound event to make them of.
        mark: makes their ids unique, and is part of the header that each bears.
    """
    for name, (reason, spoil) in BODIES.items():
        event = _renamed(model, mark, name)
        yield _sent(event, name, mark, reason, value=spoil(event))
    for name, (reason, change) in ENVELOPES.items():
        event = _renamed(model, mark, name)
        yield _sent(event, name, mark, reason, **change(event))


def mark_of(headers: Iterable[tuple[str, bytes]]) -> str:
    """Return the mark of a record; empty where it has none."""
    return dict(headers).get(MARK, b"").decode(errors="replace")


def marked(name: str, mark: str) -> tuple[str, bytes]:
    """Return the header that a record is found again by."""
    return MARK, f"{mark}/{name}".encode()


def _sent(event: ComplaintEvent, name: str, mark: str, reason: Reason, **changes: Any) -> Sent:
    values = {
        "key": event_key(event.source, event.request_id),
        "value": encode(event),
        "headers": event_headers(event),
        **changes,
    }
    return Sent(name, values["key"], values["value"], [*values["headers"], marked(name, mark)], reason)


def _renamed(event: ComplaintEvent, mark: str, name: str) -> ComplaintEvent:
    request = f"{mark}-{name}"
    return msgspec.structs.replace(
        event,
        source="chaos",
        request_id=request,
        event_id=f"{request}-1",
        title="电梯坏了",
        lon=None,
        lat=None,
        satisfaction=None,
        extra={},
    )


def _changed(**change: Any) -> Spoil:
    return lambda event: msgspec.json.encode({**msgspec.json.decode(encode(event)), **change})


def _inserted(text: bytes) -> Spoil:
    """Put bytes into the title as they are."""
    return lambda event: encode(event).replace(b'"title":"', b'"title":"' + text, 1)


def _raw(value: bytes | None) -> Spoil:
    return lambda _: value


def _without(field: str) -> Spoil:
    def spoil(event: ComplaintEvent) -> bytes:
        body = msgspec.json.decode(encode(event))
        del body[field]
        return msgspec.json.encode(body)

    return spoil


def _huge(event: ComplaintEvent) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(encode(event)), "text": "x" * HUGE_BYTES})


NOT_JSON, FIELD, KEY, HEADERS = (
    Reason.NOT_JSON,
    Reason.INVALID_FIELD,
    Reason.WRONG_KEY,
    Reason.HEADERS_DISAGREE,
)
FORGED: Final = [
    *(("x-source", b"12345"), ("x-reason", b"internal"), ("x-detail", b"")),
    *(("x-epoch", b"9"), ("x-partition", b"0"), ("x-offset", b"0")),
]
"""The headers by which the platform itself says where a rejected record came from."""
BODIES: Final[dict[str, tuple[Reason, Spoil]]] = {
    "text": (NOT_JSON, _raw("电梯坏了".encode())),
    "empty": (NOT_JSON, _raw(b"")),
    "null-value": (NOT_JSON, _raw(None)),
    "half": (NOT_JSON, lambda event: encode(event)[:100]),
    "trailing": (NOT_JSON, lambda event: encode(event) + b"}"),
    "gzip": (NOT_JSON, lambda event: gzip.compress(encode(event), mtime=0)),
    "utf-16": (NOT_JSON, lambda event: encode(event).decode().encode("utf-16")),
    "gb18030": (NOT_JSON, lambda event: encode(event).decode().encode("gb18030")),
    "byte-order-mark": (NOT_JSON, lambda event: b"\xef\xbb\xbf" + encode(event)),
    "invalid-utf-8": (NOT_JSON, _inserted(b"\xff\xfe")),
    "overlong-utf-8": (NOT_JSON, _inserted(b"\xc0\x80")),
    "raw-nul": (NOT_JSON, _inserted(b"\x00")),
    "raw-newline": (NOT_JSON, _inserted(b"\n")),
    "lone-surrogate": (NOT_JSON, _inserted(b"\\ud800")),
    "deep": (NOT_JSON, lambda event: encode(event)[:-1] + b',"extra":' + b'{"a":' * DEEP),
    "nan": (NOT_JSON, lambda event: encode(event)[:-1] + b',"satisfaction":NaN}'),
    "array": (FIELD, _raw(b"[1,2,3]")),
    "number": (FIELD, _raw(b"42")),
    "null": (FIELD, _raw(b"null")),
    "nothing-in-it": (FIELD, _raw(b"{}")),
    "title-is-a-number": (FIELD, _changed(title=7)),
    "title-is-null": (FIELD, _changed(title=None)),
    "extra-is-a-list": (FIELD, _changed(extra=[1])),
    "no-kind": (FIELD, _without("kind")),
    "unknown-kind": (FIELD, _changed(kind="escalated")),
    "no-request": (FIELD, _without("request_id")),
    "empty-id": (FIELD, _changed(event_id="")),
    "long-id": (FIELD, _changed(event_id="9" * 201)),
    "no-zone": (FIELD, _changed(occurred_at="2021-06-01T08:00:00")),
    "no-such-day": (FIELD, _changed(occurred_at="2021-02-30T08:00:00Z")),
    "seconds-as-time": (FIELD, _changed(occurred_at=1_622_505_600)),
    "before-all": (FIELD, _changed(occurred_at="1970-01-01T00:00:00Z")),
    "half-a-place": (FIELD, _changed(lon=114.3)),
    "off-the-globe": (FIELD, _changed(lon=1e300, lat=22.5)),
    "five-stars": (FIELD, _changed(satisfaction=5)),
    "huge": (Reason.TOO_LARGE, _huge),
}
"""Spoiled bodies under a right key and right headers."""
ENVELOPES: Final[dict[str, tuple[Reason, Callable[[ComplaintEvent], dict[str, Any]]]]] = {
    "other-key": (KEY, lambda _: {"key": b"chaos/another"}),
    "empty-key": (KEY, lambda _: {"key": b""}),
    "no-key": (KEY, lambda _: {"key": None}),
    "no-key-no-headers": (HEADERS, lambda _: {"key": None, "headers": []}),
    "other-id": (HEADERS, lambda event: {"headers": [*event_headers(event), ("ce_id", b"another")]}),
    "other-type": (HEADERS, lambda _: {"headers": [("ce_type", b"com.example.order.v1")]}),
    "other-version": (HEADERS, lambda _: {"headers": [("ce_specversion", b"0.3")]}),
    "header-not-text": (HEADERS, lambda _: {"headers": [("ce_source", b"\xff\x00")]}),
    "forged-place": (NOT_JSON, lambda _: {"value": b"{", "headers": FORGED}),
    "broken-tick": (NOT_JSON, lambda event: _control(event, b"{")),
    "tick-without-time": (NOT_JSON, lambda event: _control(event, b'{"source":"chaos"}')),
}
"""Sound bodies in a wrong envelope, and records that say they are control records."""


def _control(event: ComplaintEvent, value: bytes) -> dict[str, Any]:
    _, headers = _tick(event)
    return {"key": None, "value": value, "headers": headers}


def _tick(event: ComplaintEvent) -> tuple[bytes, Headers]:
    tick = Tick(source=event.source, at=event.occurred_at)
    return encode(tick), control_headers("estatepulse.tick.v1", event.source)
