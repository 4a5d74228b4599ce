"""The writer: stores what the streams publish in ClickHouse, and puts requests together from it."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import faust

from deploy.roles.output import output_of
from deploy.settings import Settings
from sinks import keeping
from sinks.agents import WriterAgents, register
from sinks.facts import Facts
from sinks.pace import Pace
from sinks.sink import ClickHouseSink
from streams.app import batch_topic
from streams.liveness import Waits
from streams.taking import batch_takes


def attach(app: faust.App, settings: Settings, epoch: int, waits: Waits) -> None:
    """Give the app the writer's agents."""
    del epoch  # rows carry theirs
    stopping = threading.Event()
    sink, facts = ClickHouseSink(settings.sinks, stopping), Facts(settings.sinks, stopping)
    pace = Pace(settings.sinks.batch_seconds, settings.sinks.longest_batch_seconds)
    agents = WriterAgents(
        sink, facts, output_of(app, settings.streams.brokers), waits.on, pace, settings.sinks.progress_seconds
    )
    register(app, agents, settings.sinks, partial(batch_topic, app), partial(batch_takes, app))
    keeping.register(app, settings.sinks, stopping)

    @app.on_before_shutdown.connect
    async def stop_waiting(*_: Any, **__: Any) -> None:
        stopping.set()  # ends the wait for a ClickHouse that is away: nothing of it is acknowledged
