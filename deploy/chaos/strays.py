"""Sound records that come when they should not: repeats, late ones, and dates that lie ahead. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from deploy.chaos.poison import Sent, mark_of, marked
from producers.contract import (
    TICK_TYPE,
    ComplaintEvent,
    Tick,
    control_headers,
    decode_event,
    encode,
    event_headers,
    event_key,
)
from producers.sources.synthetic.chance import Chance
from streams.contract import Reason
from streams.pipeline import RawRecord

SOURCE: Final = "chaos"
LATEST_DAYS: Final = 60
AHEAD: Final = (
    dt.timedelta(hours=1),
    dt.timedelta(days=1),
    dt.timedelta(days=366),
    dt.timedelta(days=36_525),
)
"""A wrong offset, a wrong day, a wrong year, a wrong century."""


def models(log: Mapping[int, Sequence[RawRecord]], chance: Chance, count: int) -> list[ComplaintEvent]:
    """Return sound events of the log, drawn with repetition; none where there is none yet.

    None of those that the harness sent itself: one from a clock ahead would make strays of another kind.
    """
    keyed = [record for record in _keyed(log) if not mark_of(record.headers)]
    drawn: list[ComplaintEvent] = []
    while keyed and len(drawn) < count:
        try:
            drawn.append(decode_event(chance.choice(keyed).value or b""))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return drawn


def repeats(log: Mapping[int, Sequence[RawRecord]], chance: Chance, count: int) -> Iterator[Sent]:
    """Yield records of the log once more, byte for byte."""
    keyed = _keyed(log)
    for record in chance.choices(keyed, k=count) if keyed else ():
        yield Sent("repeat", record.key, record.value, [*record.headers], None, is_foreseen=False)


def _keyed(log: Mapping[int, Sequence[RawRecord]]) -> list[RawRecord]:
    return [record for records in log.values() for record in records if record.key is not None]


def late(made_of: Sequence[ComplaintEvent], chance: Chance, mark: str) -> Iterator[Sent]:
    """Yield events of their own that happened up to two months before those that they are made of."""
    for number, model in enumerate(made_of):
        before = dt.timedelta(days=chance.uniform(1, LATEST_DAYS))
        event = msgspec.structs.replace(
            model,
            source=SOURCE,
            request_id=f"{mark}-late-{number}",
            event_id=f"{mark}-late-{number}",
            occurred_at=model.occurred_at - before,
            due_at=None,
        )
        yield _event("late", event, mark, number)


def ahead(made_of: Sequence[ComplaintEvent], now: dt.datetime, chance: Chance, mark: str) -> Iterator[Sent]:
    """Yield events and ticks of a clock that jumped ahead; each has to be rejected."""
    for number, model in enumerate(made_of):
        at = now + chance.choice(AHEAD)
        moments = chance.choice(
            ({"occurred_at": at}, {"arrived_at": at}, {"occurred_at": at, "arrived_at": at})
        )
        request = f"{mark}-ahead-{number}"
        event = msgspec.structs.replace(
            model, source=SOURCE, request_id=request, event_id=request, due_at=None, **moments
        )
        yield _event("ahead", event, mark, number, Reason.IN_THE_FUTURE)
    for number, jump in enumerate(AHEAD):
        name = f"ahead-tick-{number}"
        headers = [*control_headers(TICK_TYPE, SOURCE), marked(name, mark)]
        value = encode(Tick(source=SOURCE, at=now + jump))
        yield Sent(name, None, value, headers, Reason.IN_THE_FUTURE)


def _event(kind: str, event: ComplaintEvent, mark: str, number: int, reason: Reason | None = None) -> Sent:
    name = f"{kind}-{number}"
    headers = [*event_headers(event), marked(name, mark)]
    return Sent(name, event_key(event.source, event.request_id), encode(event), headers, reason)
