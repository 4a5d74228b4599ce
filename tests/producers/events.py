"""Events for the producers' tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from producers.contract import ComplaintEvent, Kind

NEW_YEAR = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)


def event(number: int, **fields: Any) -> ComplaintEvent:
    """An opened request; number n happened n seconds into 2021."""
    values: dict[str, Any] = {
        "source": "12345",
        "request_id": f"R{number}",
        "event_id": f"R{number}/opened",
        "kind": Kind.OPENED,
        "occurred_at": NEW_YEAR + dt.timedelta(seconds=number),
        "title": "停车位不足",
    }
    return ComplaintEvent(**values | fields)
