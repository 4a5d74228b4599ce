"""Lets a writer put requests together as they change: one of all writers, with pauses. It decides nothing."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import Any, Final

import faust
from faust.types import TP

from sinks.clickhouse import DatabaseError
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings
from streams.contract import TAGGED_TOPIC

log = logging.getLogger(__name__)

FIRST_PART: Final = TP(TAGGED_TOPIC, 0)
"""Whose writer it is. Two at once, while parts move, do no harm."""
REST: Final = 9.0
"""So many times as long as a reading took: it must not take ClickHouse from those who store facts."""
LONGEST_REST_SECONDS: Final = 10.0
"""A reading that stood still with its machine or its server is no reason to rest for minutes."""


def register(app: faust.App, settings: SinksSettings, stopping: threading.Event) -> None:
    """Attach the task to the app.

    Args:
        app: of the writer.
        settings: where ClickHouse is, which is asked once each time, without patience; and how often.
        stopping: set when the writer stops.
    """
    once = settings.clickhouse.model_copy(update={"patience_seconds": 0.0})
    keeper = RequestKeeper(settings.model_copy(update={"clickhouse": once}), stopping)

    @app.task  # type: ignore[untyped-decorator]
    async def keep_requests(*_: Any) -> None:
        while not app.should_stop and not stopping.is_set():
            began = time.monotonic()
            is_all = True
            if FIRST_PART in app.consumer.assignment():
                is_all = await asyncio.to_thread(_keep, keeper)
            took = time.monotonic() - began
            rest = min(REST * took, LONGEST_REST_SECONDS)
            await asyncio.sleep(max(settings.requests_seconds if is_all else 0.0, rest))


def _keep(keeper: RequestKeeper) -> bool:
    """Put requests together once; return whether all are. Who is away is left for the next time."""
    try:
        return keeper.keep().is_all
    except DatabaseError as error:
        log.warning("requests stay as they were put together last: %s", error)
        return True
