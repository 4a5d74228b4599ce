"""Moments of registry loads in the tables that tests share: the latest load is in force, whoever made it."""

from __future__ import annotations

import datetime as dt
from itertools import count

_HOURS = count()


def next_load() -> dt.datetime:
    """Return a moment that is later than those of all loads before."""
    return dt.datetime(2021, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=next(_HOURS))
