"""A surge as alerts of Alertmanager's API v2. Pure: a function of the surge, its name and the moment.

An alert is known by its labels, so these hold only what does not change while a surge lasts. What does
change is written into annotations. The ids of the areas around it are labels too: by them an area's alert
mutes those of its parts.

`startsAt` is the moment of sending, never the surge's own: a group that gets an alert which is older than its
`group_wait` is flushed at once, and what should have muted it comes too late (5 of 20 leaked). Alertmanager
keeps the earliest start that it was told, so nothing is lost by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from sinks.alerts.severity import severities
from sinks.alerts.words import Language, description, raised_summary, summary
from streams.contract import Level, Surge

SURGE_ALERT: Final = "ComplaintSurge"
RAISED_ALERT: Final = "ComplaintSurgeRaised"


class Alert(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One alert as it is posted."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: dt.datetime
    ends_at: dt.datetime
    generator_url: str = msgspec.field(default="", name="generatorURL")


@dataclass(frozen=True)
class Telling:
    """What of a surge's alerts does not come from the surge."""

    name: str
    """Of the unit; its id where nobody knows the name."""
    zone: ZoneInfo
    console_url: str
    raised_to: tuple[Level, ...] = ()
    """The levels that it was raised to, one after the other."""


def alerts_of(surge: Surge, telling: Telling, now: dt.datetime, ends_at: dt.datetime) -> list[Alert]:
    """Return the alerts of a surge, what mutes others first.

    Args:
        surge: its latest revision.
        telling: what else there is to say.
        now: the moment of sending.
        ends_at: when they stand no longer; `now` or earlier where the surge is over.
    """
    starts_at = min(now, ends_at)
    link = surge_link(surge.surge_id, telling.console_url)
    common = {**_labels(surge), "alertname": SURGE_ALERT}
    own = [
        Alert(
            _clean({**common, "severity": severity}), _notes(surge, telling, link), starts_at, ends_at, link
        )
        for severity in severities(surge.score)
    ]
    return [*own, *_raised(surge, telling, starts_at, ends_at)]


def surge_link(surge_id: str, console_url: str) -> str:
    """Return the address of a surge's page; empty where there is no console."""
    return (
        f"{console_url.rstrip('/')}/surges/{quote(surge_id, safe='', errors='replace')}"
        if console_url
        else ""
    )


def _raised(surge: Surge, telling: Telling, starts_at: dt.datetime, ends_at: dt.datetime) -> Iterator[Alert]:
    link = surge_link(surge.surge_id, telling.console_url)
    # The mildest severity: it must not become another alert while it stands.
    common = {**_labels(surge), "alertname": RAISED_ALERT, "severity": severities(surge.score)[-1]}
    for level in telling.raised_to:
        notes = _notes(surge, telling, link) | {
            "summary": raised_summary(surge, telling.name, level, Language.ENGLISH),
            "summary_zh": raised_summary(surge, telling.name, level, Language.CHINESE),
        }
        yield Alert(_clean({**common, "raised_to": level}), _clean(notes), starts_at, ends_at, link)


def _labels(surge: Surge) -> dict[str, str]:
    areas = {level.value: getattr(surge.path, level.value) for level in Level}
    return {
        "surge": surge.surge_id,
        "unit": surge.unit,
        "level": surge.level.value,
        "category": surge.category,
        **areas,
    }


def _notes(surge: Surge, telling: Telling, link: str) -> dict[str, str]:
    zone = telling.zone
    return _clean(
        {
            "name": telling.name,
            "summary": summary(surge, telling.name, Language.ENGLISH),
            "summary_zh": summary(surge, telling.name, Language.CHINESE),
            "description": description(surge, zone, Language.ENGLISH),
            "description_zh": description(surge, zone, Language.CHINESE),
            "opened_at": surge.opened_at.astimezone(zone).isoformat(timespec="minutes"),
            "window_start": surge.window_start.astimezone(zone).isoformat(timespec="minutes"),
            "link": link,
        }
    )


def _clean(pairs: Mapping[str, str]) -> dict[str, str]:
    """Return pairs that Alertmanager takes: no empty values, and nothing that UTF-8 cannot hold."""
    return {name: value.encode("utf-8", "replace").decode() for name, value in pairs.items() if value}
