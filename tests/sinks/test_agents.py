"""The writer's agents: what must wait for facts waits beside its agent, and is acknowledged when done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from sinks.agents import WriterAgents, register
from sinks.clickhouse import ClickHouse
from sinks.facts import Facts
from sinks.pace import Pace
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.calendar import LocalCalendar
from streams.contract import COUNTS_TOPIC, TAGGED_TOPIC, Progress, frame_encode, json_encode
from tests.counted import frame
from tests.sinks.made import fact

pytestmark = pytest.mark.stack

PATIENCE_SECONDS = 20


class App:
    """Stands where the Faust app would: keeps the agents' functions to be run by hand."""

    def __init__(self) -> None:
        self.agents: dict[str, Callable[[Any], Awaitable[None]]] = {}
        self.consumer_generation_id = 1
        self.consumer = SimpleNamespace(highwater=lambda _: 0)

    def agent(self, topic: Any, name: str) -> Callable[[Any], None]:
        del name

        def keep(function: Any) -> None:
            self.agents[topic.get_topic_name()] = function

        return keep


class Stream:
    """Lists that are there when the test says so, and what was acknowledged of them."""

    def __init__(self) -> None:
        self.lists: asyncio.Queue[list[Any]] = asyncio.Queue()
        self.acknowledged: list[int] = []

    def put(self, offset: int, value: bytes, key: bytes | None = None) -> None:
        record = SimpleNamespace(value=value, offset=offset, timestamp=0, partition=0, key=key, headers=())
        message = SimpleNamespace(
            value=[record], offset=offset, generation_id=1, tp=None, topic="t", partition=0
        )
        self.lists.put_nowait([SimpleNamespace(message=message)])

    async def ack(self, event: Any) -> None:
        self.acknowledged.append(event.message.offset)


async def takes(stream: Stream, *, at_once: int, seconds: Callable[[], float]) -> AsyncIterator[list[Any]]:
    del at_once, seconds
    while True:
        yield await stream.lists.get()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


def test_a_recount_waits_for_its_facts_without_holding_up_what_comes_behind_it(
    fresh: SinksSettings, server: ClickHouse
) -> None:
    late = fact(0)
    midnight = LocalCalendar(ZoneInfo(fresh.zone)).day_start(int(late.occurred_at.timestamp()))
    app: Any = App()
    agents = WriterAgents(
        ClickHouseSink(fresh), Facts(fresh), SimpleNamespace(), lambda *_: nullcontext(), Pace(0.1, 0.1), 0.1
    )
    register(app, agents, fresh, lambda name: SimpleNamespace(get_topic_name=lambda: name), takes)  # type: ignore[arg-type, return-value]
    table = f"{fresh.clickhouse.database}.unit_counts"
    counted = f"SELECT sum(opened) FROM {table} FINAL WHERE grain = 'day' AND level = 'city'"

    async def run() -> None:
        counts, tagged = Stream(), Stream()
        asks = msgspec.structs.replace(frame(0, 1, {}), recount_days=[midnight])
        counts.put(0, frame_encode(asks))
        counts.put(1, frame_encode(frame(0, 2, {})))
        async with asyncio.TaskGroup() as group:
            writing = [
                group.create_task(app.agents[topic](stream))
                for topic, stream in ((COUNTS_TOPIC, counts), (TAGGED_TOPIC, tagged))
            ]
            await until(lambda: counts.acknowledged == [1])
            assert server.execute(counted) == [(0,)], "the recount's facts are not there yet"
            tagged.put(0, json_encode(late), b"key")
            tagged.put(1, json_encode(Progress(epoch=1, part=0, next=1, clock_ms=0, registry_version="r")))
            await until(lambda: counts.acknowledged == [1, 0])
            assert server.execute(counted) == [(1,)]
            for each in writing:
                each.cancel()

    asyncio.run(run())


def test_a_batch_is_acknowledged_when_its_facts_its_tickets_and_its_progress_are_stored(
    fresh: SinksSettings, server: ClickHouse
) -> None:
    app: Any = App()
    facts = Facts(fresh)
    agents = WriterAgents(
        ClickHouseSink(fresh), facts, SimpleNamespace(), lambda *_: nullcontext(), Pace(0.1, 0.1), 0.3
    )
    register(app, agents, fresh, lambda name: SimpleNamespace(get_topic_name=lambda: name), takes)  # type: ignore[arg-type, return-value]
    database = fresh.clickhouse.database
    found: list[tuple[int, int]] = []

    class Told(Stream):
        """Looks, at each acknowledgement, at how far the facts are said to be stored, and at tickets."""

        async def ack(self, event: Any) -> None:
            found.append((facts.stored_up_to(1, 0), tickets()))
            await super().ack(event)

    def tickets() -> int:
        noted = f"SELECT uniqExactArray(request_ids) FROM {database}.request_changes"
        return int(server.execute(noted)[0][0])

    async def run() -> None:
        tagged = Told()
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(app.agents[TAGGED_TOPIC](tagged))
            for number in range(4):
                progress = Progress(epoch=1, part=0, next=number + 1, clock_ms=0, registry_version="r")
                tagged.put(2 * number, json_encode(fact(number)), b"key")
                tagged.put(2 * number + 1, json_encode(progress))
            await until(lambda: len(tagged.acknowledged) == 8)
            writing.cancel()
        for offset, (stored_up_to, noted) in zip(tagged.acknowledged, found, strict=True):
            assert stored_up_to >= (offset + 1) // 2
            assert noted >= offset // 2 + 1
        lots = server.execute(f"SELECT count() FROM {database}.request_changes")
        assert lots[0][0] < 4, "several batches share a ticket"

    asyncio.run(run())
