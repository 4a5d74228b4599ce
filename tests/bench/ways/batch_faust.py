"""Faust on the project's batch transport."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import faust
import uvloop

from streams.app import batch_topic, build_app
from streams.settings import StreamsSettings
from tests.bench.work import Finder, Meter, Store, names, take


def main(brokers: str, group: str, topic: str, count: str, *store: str) -> None:
    """Take so many events, print the figures, end."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    app = build_app(group, StreamsSettings(brokers=brokers, batch_records=20_000))
    finder, meter = Finder(names()), Meter(int(count))
    sink = Store(store[0], int(store[1]), store[2], store[3], "batch")

    @app.agent(batch_topic(app, topic))
    async def count_complaints(stream: Any) -> None:
        writing: asyncio.Future[None] | None = None
        async for event in stream.noack().events():
            meter.start()
            batch = event.message.value
            taken = take([record.value for record in batch], finder)
            if writing is not None:
                await writing
            writing = asyncio.ensure_future(asyncio.to_thread(sink.write, taken))
            if meter.add(len(batch)):
                await writing
                print(meter.report(), flush=True)
                os._exit(0)
            await stream.ack(event)

    faust.Worker(app, loglevel="ERROR", quiet=True, redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
