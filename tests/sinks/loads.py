"""Moments of registry loads in the tables that tests share: the latest load is in force, whoever made it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator


def _moments() -> Iterator[dt.datetime]:
    last = dt.datetime.min.replace(tzinfo=dt.UTC)
    while True:
        last = max(dt.datetime.now(dt.UTC), last + dt.timedelta(milliseconds=1))
        yield last


_MOMENTS = _moments()


def next_load() -> dt.datetime:
    """Return a moment that is later than those of all loads before."""
    return next(_MOMENTS)
