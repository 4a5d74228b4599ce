"""Builds raw records as producers would send them, and the tools to take them, for the streams' tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from producers.contract import REGISTRY_TYPE as REGISTRY_ACTIVATED
from producers.contract import (
    TICK_TYPE,
    ComplaintEvent,
    Kind,
    RegistryActivated,
    Tick,
    control_headers,
    encode,
    event_headers,
    event_key,
)
from streams.contract import Level
from streams.estates.categories import Categoriser
from streams.estates.registry import Area, Estate, Registry
from streams.estates.tagging import Tagger
from streams.letters import LetterReader
from streams.pipeline import Place, RawRecord, Tools

NOON = dt.datetime(2021, 6, 1, 4, 0, tzinfo=dt.UTC)
SENT_MS = int(dt.datetime(2021, 7, 1, tzinfo=dt.UTC).timestamp() * 1000)


def event(number: int, at: dt.datetime = NOON, **fields: Any) -> ComplaintEvent:
    """An opened request of its own about 京基御景花园."""
    values: dict[str, Any] = {
        "source": "12345",
        "request_id": f"r{number}",
        "event_id": f"e{number}",
        "kind": Kind.OPENED,
        "occurred_at": at,
        "title": "京基御景花园地下车库渗水",
        "text": "我是京基御景花园业主，地下车库渗水严重。",
    }
    return ComplaintEvent(**{**values, **fields})


def raw(sent: ComplaintEvent, offset: int, **changes: Any) -> RawRecord:
    """The record of an event at an offset of part 0."""
    values: dict[str, Any] = {
        "place": Place(1, 0, offset, SENT_MS),
        "key": event_key(sent.source, sent.request_id),
        "value": encode(sent),
        "headers": tuple(event_headers(sent)),
    }
    return RawRecord(**{**values, **changes})


def tick(at: dt.datetime, offset: int) -> RawRecord:
    """The record of a tick."""
    value = encode(Tick(source="12345", at=at))
    return RawRecord(Place(1, 0, offset, SENT_MS), None, value, tuple(control_headers(TICK_TYPE, "12345")))


def activation(version: str, offset: int) -> RawRecord:
    """The record that activates a registry version."""
    headers = tuple(control_headers(REGISTRY_ACTIVATED, "pulse"))
    return RawRecord(Place(1, 0, offset, SENT_MS), None, encode(RegistryActivated(version=version)), headers)


def registry() -> Registry:
    """A district of one estate."""
    return Registry(
        [Estate("E1", "京基御景花园", "C1")],
        [
            Area("CITY", Level.CITY, "深圳市"),
            Area("D1", Level.DISTRICT, "坪山区", "CITY"),
            Area("S1", Level.STREET, "坪山街道", "D1"),
            Area("C1", Level.COMMUNITY, "六联社区", "S1"),
        ],
    )


def tools(version: str = "v1") -> Tools:
    """The reader of letters of that registry."""
    return Tools(version, LetterReader(Tagger(registry()), Categoriser()))
