"""What is said of stored facts is said of many batches at once, and of none before its facts are stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sinks.records import TaggedBatch
from sinks.settling import Lot, Settling
from streams.contract import Progress
from tests.sinks.made import NOON, fact

LONG = 60.0
Settle = Callable[[Lot], Awaitable[None]]


def said(number: int) -> Lot:
    mark = Progress(epoch=1, part=0, next=number, clock_ms=0, registry_version="")
    return Lot.of(TaggedBatch(facts=[fact(number)], marks=[mark]))


class Settled:
    """Keeps what lots say, in order."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []

    async def __call__(self, lot: Lot) -> None:
        await asyncio.sleep(0)
        self.lots.append(lot)

    @property
    def requests(self) -> list[set[str]]:
        return [lot.request_ids for lot in self.lots]


async def later(settling: Settling, numbers: range) -> list[asyncio.Task[None]]:
    """Return tasks that wait for batches to be settled, each begun."""
    tasks = [asyncio.create_task(settling.settled(said(number))) for number in numbers]
    await asyncio.sleep(0)
    return tasks


def test_the_first_goes_at_once_and_what_comes_within_the_time_goes_together() -> None:
    async def run() -> None:
        settled = Settled()
        settling = Settling(settled, 0.2)
        await settling.settled(said(0))
        await asyncio.gather(*await later(settling, range(1, 4)))
        assert settled.requests == [{"r0"}, {"r1", "r2", "r3"}]
        assert [mark.next for mark in settled.lots[1].marks] == [1, 2, 3]
        assert settled.lots[1].months == {NOON.year * 100 + NOON.month}

    asyncio.run(run())


def test_what_comes_while_a_lot_is_stored_is_of_the_next() -> None:
    async def run() -> None:
        settled, may_end = Settled(), asyncio.Event()

        async def slowly(lot: Lot) -> None:
            await may_end.wait()
            await settled(lot)

        settling = Settling(slowly, 0.001)
        first = await later(settling, range(1))
        await asyncio.sleep(0.05)
        second = await later(settling, range(1, 3))
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in (*first, *second))
        may_end.set()
        await asyncio.gather(*first, *second)
        assert settled.requests == [{"r0"}, {"r1", "r2"}]

    asyncio.run(run())


def test_who_is_cancelled_takes_the_lot_from_nobody() -> None:
    async def run() -> None:
        settled = Settled()
        settling = Settling(settled, 0.1)
        await settling.settled(said(0))
        gone, kept = await later(settling, range(1, 3))
        gone.cancel()
        await kept
        assert settled.requests[1] == {"r1", "r2"}

    asyncio.run(run())


def test_what_fails_is_raised_to_all_who_wait() -> None:
    async def run() -> None:
        async def fail(_: Lot) -> None:
            raise ConnectionError("away")

        for task in await later(Settling(fail, LONG), range(3)):
            with pytest.raises(ConnectionError, match="away"):
                await task

    asyncio.run(run())
