"""Keys go to the partitions to which every other Kafka client sends them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner import murmur2 as kafka_murmur2

from producers.partitions import murmur2, partition_of


@given(st.binary(max_size=80))
def test_the_hash_is_that_of_kafka(data: bytes) -> None:
    assert murmur2(data) == kafka_murmur2(data)


def test_the_hash_is_that_of_the_java_client() -> None:
    # From Kafka's own UtilsTest: signed 32-bit there.
    assert murmur2(b"21") == -973932308 & 0xFFFFFFFF
    assert murmur2(b"a-little-bit-long-string") == -985981536 & 0xFFFFFFFF


@given(st.binary(), st.integers(1, 64))
def test_a_partition_is_one_of_those_there_are(key: bytes, partitions: int) -> None:
    assert 0 <= partition_of(key, partitions) < partitions
