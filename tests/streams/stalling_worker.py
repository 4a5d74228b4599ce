"""A worker under watch that stalls in the way it is told to; started as a process by the tests.

usage: python -m tests.streams.stalling_worker BROKERS GROUP TOPIC WAY
Prints `took PARTITION NEXT` for each batch that it takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Any

import faust

from streams.app import batch_topic, build_app
from streams.liveness import Waits
from streams.settings import StreamsSettings
from streams.watchdog import Watchdog

STALL_SECONDS = 3.0
STALLS_AT = 3
"""The batch at which it stalls."""


async def leave_a_gap(app: Any, number: int) -> bool:
    """Do not acknowledge one batch: commits stop behind it for good, reads go on (hazard 12)."""
    return number != STALLS_AT


async def die_in_the_agent(app: Any, number: int) -> bool:
    """Wait in the agent for what never comes (hazard 17)."""
    if number == STALLS_AT:
        await asyncio.Event().wait()
    return True


async def block_the_loop(app: Any, number: int) -> bool:
    """Hold the event loop: not even a task that watches would run (hazard 17)."""
    if number == STALLS_AT:
        time.sleep(600)
    return True


async def stop_fetching(app: Any, number: int) -> bool:
    """End aiokafka's fetch task: heartbeats go on, and nothing comes any more (hazards 14, 18)."""
    if number == STALLS_AT:
        app.consumer._thread._consumer._fetcher._fetch_task.cancel()
    return True


async def leave_the_group(app: Any, number: int) -> bool:
    """End the coordinator's task and leave: the process is no member, and would never be one (18)."""
    if number == STALLS_AT:
        thread = app.consumer._thread
        asyncio.run_coroutine_threadsafe(_leave(thread._consumer._coordinator), thread.thread_loop)
    return True


async def _leave(coordinator: Any) -> None:
    coordinator._coordination_task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await coordinator._coordination_task
    await coordinator._stop_heartbeat_task()
    await coordinator._maybe_leave_group()


async def wait_by_right(app: Any, number: int) -> bool:
    """Wait for longer than a stall may last, and say so."""
    if number == STALLS_AT:
        with app.waits.on("a part that is away"):
            await asyncio.sleep(2.5 * STALL_SECONDS)
    return True


async def work(app: Any, number: int) -> bool:
    """Do as it should."""
    return True


WAYS = {
    way.__name__: way
    for way in (
        leave_a_gap,
        die_in_the_agent,
        block_the_loop,
        stop_fetching,
        leave_the_group,
        wait_by_right,
        work,
    )
}


def counting() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


def main(brokers: str, group: str, topic: str, way: str) -> None:
    """Run until a signal, a failure or the watch ends the process."""
    settings = StreamsSettings(
        brokers=brokers, batch_records=50, commit_seconds=0.2, stall_seconds=STALL_SECONDS
    )
    app, numbers = build_app(group, settings), counting()
    app.waits = waits = Waits()  # type: ignore[attr-defined]

    @app.agent(batch_topic(app, topic))
    async def take(stream: Any) -> None:
        async for event in stream.noack().events():
            message = event.message
            print("took", message.partition, message.value[-1].offset + 1, flush=True)
            if await WAYS[way](app, next(numbers)):
                await stream.ack(event)

    watchdog = Watchdog(app, settings, waits)

    @app.on_rebalance_complete.connect
    async def begin_to_watch(*_: Any, **__: Any) -> None:
        # Not at once, as workers do: where many of them start, a start is longer than a stall may be here.
        app.on_rebalance_complete.disconnect(begin_to_watch)
        watchdog.start()

    faust.Worker(app, loglevel="WARN", quiet=True, redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
