"""A worker on the batch transport that writes down what it was given; started as a process by the tests.

usage: python -m tests.streams.batch_echo BROKERS GROUP TOPIC FILE [drop]
FILE gets a line `partition first last count` for each batch before it is acknowledged, FILE.acknowledged its
count afterwards. With `drop` the first batch is not acknowledged: the consumer goes back for it, as after a
fetch that came too late.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import faust

from streams.app import batch_topic, build_app
from streams.settings import StreamsSettings


def main(brokers: str, group: str, topic: str, file: str, drop: str = "") -> None:
    """Run until a signal ends the process."""
    app = build_app(group, StreamsSettings(brokers=brokers, batch_records=500, commit_seconds=0.2))
    out = Path(file).open("a", buffering=1)  # noqa: SIM115  (open for the life of the process)

    acknowledged = Path(f"{file}.acknowledged").open("a", buffering=1)  # noqa: SIM115  (as above)

    @app.agent(batch_topic(app, topic))
    async def write_down(stream: Any) -> None:
        to_drop = bool(drop)
        async for event in stream.noack().events():
            batch = event.message.value
            out.write(f"{event.message.partition} {batch[0].offset} {batch[-1].offset} {len(batch)}\n")
            if to_drop:
                to_drop = False
                await app.consumer.perform_seek()
                continue
            await asyncio.sleep(0.01)
            if event.message.generation_id == app.consumer_generation_id:
                await stream.ack(event)
                acknowledged.write(f"{len(batch)}\n")

    faust.Worker(app, loglevel="WARN", quiet=True, redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
