"""Records are packed byte for byte as kafka-python packs them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kafka.record.default_records import DefaultRecordBatchBuilder

from producers.packing import frame, pack, varint

HEADERS = st.lists(st.tuples(st.text(max_size=10), st.binary(max_size=200)), max_size=8)


@given(
    st.none() | st.binary(max_size=300),
    st.binary(max_size=10_000),
    HEADERS,
    st.integers(0, 2**31 - 1),
    st.integers(-(10**9), 10**12),
)
def test_a_record_is_that_of_kafka_python(
    key: bytes | None, value: bytes, headers: list[tuple[str, bytes]], offset: int, after_ms: int
) -> None:
    builder = DefaultRecordBatchBuilder(2, 0, False, -1, -1, -1, 1 << 30)
    builder.append(0, 10**12, b"first", b"", [])
    before = builder.size()
    builder.append(offset, 10**12 + after_ms, key, value, headers)
    assert frame(pack(key, value, headers), offset, after_ms) == bytes(builder._buffer[before:])


def test_the_varints_of_the_documentation() -> None:
    assert [varint(each) for each in (0, -1, 1, -2, 2)] == [b"\x00", b"\x01", b"\x02", b"\x03", b"\x04"]
    assert varint(300) == b"\xd8\x04"
