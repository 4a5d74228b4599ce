"""A consumer beside the stream, whose broker goes away while it reads."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher
from aiokafka.structs import TopicPartition

from deploy.local.broker import tansu
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import RunningProgram
from streams.lone_consumer import lone_consumer
from tests.streams.test_watchdog import new_topic


def test_what_aiokafka_does_when_it_stops_is_as_we_know_it() -> None:
    assert "await self._client.close()" in inspect.getsource(AIOKafkaConsumer.stop)
    assert "x.cancel()\n            await x" in inspect.getsource(Fetcher.close)


@pytest.mark.stack
def test_a_reader_whose_broker_goes_away_is_not_taken_for_cancelled(tmp_path: Path) -> None:
    [port] = free_ports(1)
    brokers = f"{LOOPBACK}:{port}"

    async def read() -> str:
        broker = RunningProgram(tansu(tmp_path, port))
        broker.wait_ready()
        place = TopicPartition(new_topic(brokers), 0)
        async with lone_consumer(brokers) as consumer:
            consumer.assign([place])
            await consumer.seek_to_beginning(place)
            broker.kill()
            # By the end of this its fetches have failed, and rest between two tries.
            await consumer.getmany(place, timeout_ms=1000)
        assert not consumer._client._conns, "a connection was left open"
        return "ended"

    assert asyncio.run(read()) == "ended"
