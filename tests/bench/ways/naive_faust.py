"""Faust as its guide shows it: one event at a time, a hopping and a tumbling table."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from typing import Any

import faust

from tests.bench.work import PANE_SECONDS, WINDOW_SECONDS, Finder, Meter, Store, Taken, decode, names


def main(brokers: str, group: str, topic: str, count: str, *store: str) -> None:
    """Take so many events, print the figures, end."""
    app = faust.App(
        group,
        broker=f"kafka://{brokers}",
        store="memory://",
        web_enabled=False,
        consumer_auto_offset_reset="earliest",
        topic_partitions=4,
        topic_disable_leader=True,
        broker_session_timeout=6,
        broker_heartbeat_interval=2,
        datadir=tempfile.mkdtemp(),
    )
    finder, meter = Finder(names()), Meter(int(count))
    sink = Store(store[0], int(store[1]), store[2], store[3], "naive")
    hopping: Any = app.Table("hopping", default=int).hopping(WINDOW_SECONDS, PANE_SECONDS, expires=3600)
    tumbling: Any = app.Table("tumbling", default=int).tumbling(WINDOW_SECONDS, expires=3600)

    @app.agent(app.topic(topic, value_serializer="raw", key_serializer="raw"))
    async def count_complaints(stream: Any) -> None:
        waiting: list[tuple[str, int, int, str]] = []
        async for value in stream:
            meter.start()
            complaint = decode(value)
            estate = finder.find(complaint.text)
            hopping[str(estate)] += 1
            tumbling[str(estate)] += 1
            waiting.append((complaint.event_id, complaint.occurred_at, estate, complaint.text))
            is_done = meter.add(1)
            if len(waiting) >= 1000 or is_done:
                sink.write(Taken([list(column) for column in zip(*waiting, strict=True)], _windows(waiting)))
                waiting = []
            if is_done:
                print(meter.report(), flush=True)
                os._exit(0)  # the figures are out; a clean stop of Faust takes seconds

    faust.Worker(app, loglevel="ERROR", quiet=True, redirect_stdouts=False).execute_from_commandline()


def _windows(waiting: list[tuple[str, int, int, str]]) -> Counter[tuple[int, int]]:
    return Counter((at - at % WINDOW_SECONDS, estate) for _, at, estate, _ in waiting)


if __name__ == "__main__":
    main(*sys.argv[1:])
