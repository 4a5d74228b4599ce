"""Surges as the weigher publishes them, for the tests of alerts and of the ladder."""

from __future__ import annotations

import datetime as dt
from typing import Any

from streams.contract import Level, Path, Surge, SurgeState

NOON = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)
WHOLE_PATH = Path("E1", "C1", "S1", "D1", "city")


def surge(level: Level = Level.ESTATE, **fields: Any) -> Surge:
    """An open surge of the unit at this level of one path; id, unit and path fit each other."""
    below = [*Level][: [*Level].index(level)]
    path = Path(**{each.value: "" if each in below else getattr(WHOLE_PATH, each.value) for each in Level})
    unit = fields.pop("unit", getattr(WHOLE_PATH, level.value))
    path = Path(**{each.value: getattr(path, each.value) for each in Level} | {level.value: unit})
    values: dict[str, Any] = {
        "surge_id": f"{level.value}:{unit}:12345/r1/v1",
        "unit": unit,
        "level": level,
        "path": path,
        "state": SurgeState.OPEN,
        "revision": 1,
        "opened_at": NOON,
        "updated_at": NOON,
        "window_start": NOON - dt.timedelta(hours=6),
        "window_end": NOON,
        "observed": 12,
        "expected": 2.4,
        "expected_low": 0.0,
        "expected_high": 5.0,
        "score": 5.7,
        "reporters": 11,
        "requests": 14,
        "categories": {"noise": 9, "parking": 5},
        "category": "noise",
        "request_ids": ("r1", "r2"),
        "detector_version": "2-test",
    }
    return Surge(**{**values, **fields})


def cleared(of: Surge, at: dt.datetime) -> Surge:
    """The revision that ends a surge."""
    values = {name: getattr(of, name) for name in of.__struct_fields__}
    changes = {
        "state": SurgeState.CLEARED,
        "revision": of.revision + 1,
        "cleared_at": at,
        "updated_at": at,
    }
    return Surge(**{**values, **changes})
