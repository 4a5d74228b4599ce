"""The writer's Faust agents: batches in, rows stored, then acknowledged. They decide nothing.

The order of a batch: rows, then (for tagged events) the progress that says so, then the acknowledgement. All
of it is harmless to repeat. While ClickHouse is away an insert waits and retries: nothing is taken meanwhile
and nothing is acknowledged. A row that alone is refused goes to the rejected topic whole.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import faust

from sinks.clickhouse import Refused
from sinks.metrics import LAG, LATENCY, STALE_BATCHES
from sinks.settings import SinksSettings
from sinks.writer import Writer
from streams.contract import (
    COUNTS_TOPIC,
    REJECTED_TOPIC,
    SURGES_TOPIC,
    TAGGED_TOPIC,
    Progress,
    Rejected,
    Tagged,
    decode_count_frame,
    decode_progress,
    decode_surge,
    decode_tagged,
)
