"""Attaches the alerter and the ladder to a Faust app: which hook calls what. It decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import faust
from faust.types import TP, TopicT

from sinks.alerts.alerter import Alerter
from sinks.alerts.overdue import OverdueRequests
from sinks.alerts.surge_log import read_below
from sinks.ladder.keeper import LadderKeeper
from sinks.metrics import STALE_BATCHES
from sinks.settings import SinksSettings
from streams.contract import SURGES_TOPIC

SURGES: Final = TP(SURGES_TOPIC, 0)


def register(
    app: faust.App,
    alerter: Alerter,
    ladder: LadderKeeper,
    overdue: OverdueRequests,
    settings: SinksSettings,
    topic: TopicT,
    batch_events: Callable[[Any], AsyncIterator[Any]],
) -> None:
    """Attach the agent, the repeats and the rebalance hook.

    Args:
        app: to attach to.
        alerter: told of surges.
        ladder: looks at what people did about them.
        overdue: counts requests that are overdue.
        settings: where the log is, and how often to repeat and to look.
        topic: that of the surges, whose items are lists of records.
        batch_events: yields such items of a stream, not acknowledged.
    """

    @app.on_rebalance_complete.connect
    async def prepare(*_: Any, **__: Any) -> None:
        # Awaited by Faust before the partition is resumed: no surge comes before the book is ready.
        if SURGES not in app.consumer.assignment():
            await alerter.assign(None)
            return
        consumer: Any = app.consumer  # its interface does not declare what the driver can do
        committed = (await consumer.seek_to_committed()).get(SURGES) or 0
        await alerter.assign(read_below(settings.brokers, max(0, committed)))
        await ladder.look()  # first: what people have closed must not be told as open
        await alerter.resend()

    @app.agent(topic, name="tell_surges")
    async def tell_surges(stream: Any) -> None:
        async for event in batch_events(stream):
            if event.message.generation_id == app.consumer_generation_id:
                await alerter.take(event.message.value)
            if event.message.generation_id == app.consumer_generation_id:
                await stream.ack(event)
            else:
                STALE_BATCHES.inc()

    async def repeat(*_: Any) -> None:
        await alerter.resend()

    async def look(*_: Any) -> None:
        await ladder.look()

    async def count(*_: Any) -> None:
        await asyncio.to_thread(overdue.look)

    app.timer(interval=settings.alerts.resend_seconds)(repeat)
    app.timer(interval=settings.ladder.look_seconds)(look)
    app.timer(interval=settings.alerts.overdue_seconds)(count)

    @app.on_before_shutdown.connect
    async def close(*_: Any, **__: Any) -> None:
        await alerter.close()
