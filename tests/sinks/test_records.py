"""What the writer reads from its topics: pure, beside the intake's code that wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from sinks.records import read_rejected
from streams.contract import Reason, Rejected
from streams.intake import rejected_record


@dataclass
class Consumed:
    """A record as the writer gets it."""

    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    timestamp: int


def through_the_topic(rejected: Rejected) -> Rejected:
    key, value, headers, timestamp = rejected_record(rejected, 0)
    [read] = read_rejected([Consumed(key, value, tuple(headers), timestamp)])
    return read


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("ce_id", b"v1"), ("ce_id", b"again"), ("raw", b"\xfe\x00")),
        (("x-defect", b"row 3 has no date"), ("x-request-id", b"7")),
        (("x-offset", b"0"), ("x-epoch", b"9"), ("x-reason", b"internal"), ("x-source", b"another")),
    ],
    ids=["none", "twice", "extensions", "forged"],
)
def test_a_rejected_record_keeps_its_place_and_its_headers(headers: tuple[tuple[str, bytes], ...]) -> None:
    sent: dict[str, Any] = {"source": "12345", "reason": Reason.NOT_JSON, "detail": "not JSON", "epoch": 1}
    rejected = Rejected(**sent, part=3, offset=7, key=b"k", value=b"{", headers=headers)
    assert through_the_topic(rejected) == rejected
