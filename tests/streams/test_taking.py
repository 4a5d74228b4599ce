"""Lists of what has come: everything once and in order, no more held than asked for, errors told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.taking import Gathering


def event(*records: int) -> Any:
    return SimpleNamespace(message=SimpleNamespace(value=[*records]))


async def stream(
    sizes: list[int], given_out: list[int], error: Exception | None = None
) -> AsyncIterator[Any]:
    first = 0
    for size in sizes:
        given_out.append(size)
        yield event(*range(first, first + size))
        first += size
        await asyncio.sleep(0)
    if error is not None:
        raise error


async def taken(sizes: list[int], most: int, error: Exception | None = None) -> list[list[int]]:
    given_out: list[int] = []
    lists, received = [], 0
    async for events in Gathering(most).lists(stream(sizes, given_out, error)):
        lists.append([record for each in events for record in each.message.value])
        received += len(events)
        await asyncio.sleep(0)
        # What is held beyond the last list: less than `most` records and one fetch, and one in the hand.
        assert sum(given_out[received:]) < most + sum(given_out[-2:])
        for _ in range(3):
            await asyncio.sleep(0)
    return lists


@given(st.lists(st.integers(1, 9), max_size=30), st.integers(1, 20))
def test_every_record_comes_once_and_in_order(sizes: list[int], most: int) -> None:
    lists = asyncio.run(taken(sizes, most))
    assert [record for each in lists for record in each] == list(range(sum(sizes)))
    assert all(lists)


def test_what_came_during_the_work_comes_together() -> None:
    assert len(asyncio.run(taken([1] * 12, most=100))) < 12


def test_an_error_is_raised_behind_what_came_before_it() -> None:
    lists: list[int] = []

    async def read() -> None:
        async for events in Gathering(10).lists(stream([2, 3], [], RuntimeError("the broker went away"))):
            lists.extend(record for each in events for record in each.message.value)

    with pytest.raises(RuntimeError, match="went away"):
        asyncio.run(read())
    assert lists == [0, 1, 2, 3, 4]


def test_a_rest_ends_as_soon_as_there_is_enough_for_a_list() -> None:
    async def read() -> list[int]:
        gathering, sizes = Gathering(6), []
        async for events in gathering.lists(stream([2, 2, 2, 2, 2, 2], [])):
            sizes.append(len(events))
            async with asyncio.timeout(10):
                await gathering.rest(3600)
        return sizes

    sizes = asyncio.run(read())
    assert sum(sizes) == 6
    assert sizes[1] == 3, "all that a list may hold, and no more"


def test_a_rest_is_over_in_time_where_nothing_comes() -> None:
    async def rest() -> None:
        async with asyncio.timeout(10):
            await Gathering(1).rest(0.01)

    asyncio.run(rest())
