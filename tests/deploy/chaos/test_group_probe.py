"""A plain client tells whether a group of the embedded broker still hands out partitions."""

from __future__ import annotations

import asyncio
import threading
import uuid

import pytest
from aiokafka import AIOKafkaConsumer
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from deploy.chaos.group_probe import SESSION_MS, _AsFaust, hands_out


def new_topic(kafka: str) -> str:
    topic = f"probe-{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_topics([NewTopic(topic, 1, 1)])
    admin.close()
    return topic


@pytest.mark.stack
def test_a_sound_group_hands_out_what_its_last_member_left(kafka: str) -> None:
    topic = new_topic(kafka)
    assert hands_out(kafka, topic, topic)
    assert hands_out(kafka, topic, topic)


@pytest.mark.stack
def test_while_a_rebalance_does_not_end_nothing_is_handed_out(kafka: str) -> None:
    topic = new_topic(kafka)

    async def beside_an_owner() -> bool:
        owner = AIOKafkaConsumer(
            topic,
            bootstrap_servers=kafka,
            group_id=topic,
            session_timeout_ms=SESSION_MS,
            partition_assignment_strategy=[_AsFaust],
        )
        await owner.start()
        try:
            while not owner.assignment():
                await asyncio.sleep(0.1)
            return hands_out_while_the_owner_is_deaf(kafka, topic)
        finally:
            await owner.stop()

    assert not asyncio.run(beside_an_owner())


def hands_out_while_the_owner_is_deaf(kafka: str, topic: str) -> bool:
    # In a thread of its own: the owner's loop stands still meanwhile, and does not join the rebalance.
    found: list[bool] = []
    probing = threading.Thread(target=lambda: found.append(hands_out(kafka, topic, topic, 2.0)))
    probing.start()
    probing.join()
    return found[0]
