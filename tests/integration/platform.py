"""A whole platform on real parts for a test, and the same input run through the pure code in one process."""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from deploy.local.prepare import keep_registry, prepare_platform
from deploy.local.stack import Stack, plan_stack, start_stack
from deploy.settings import Settings, load_settings
from producers.partitions import partition_of
from producers.records import Record, tick_value
from sinks.clickhouse import ClickHouse
from streams.calendar import LocalCalendar
from streams.contract import Surge
from streams.part import IntakeRules, Outcome, Part
from streams.pipeline import Place, RawRecord
from streams.surges.detector import Detector
from streams.toolshelf import compile_tools
from streams.weighing import MINUTE_MS, Minutes

Key = tuple[str, str, str, int]
"""(level, unit, grain, bucket)"""
Figures = tuple[int, int, int, int]
"""(opened, petitioned, closed, reopened)"""

WATERMARK = "pulse_stream_watermark_timestamp_seconds"
PATIENCE_SECONDS = 240
PARTS = 4


@dataclass(frozen=True)
class Platform:
    """A running stack."""

    stack: Stack
    settings: Settings

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask ClickHouse as the writer."""
        server = ClickHouse(self.settings.sinks.clickhouse)
        try:
            return server.execute(query)
        finally:
            server.close()

    def kill(self, name: str) -> None:
        """SIGKILL a worker; the supervisor starts another."""
        os.kill(self.pid(name), signal.SIGKILL)

    def pid(self, name: str) -> int:
        """Return the process id of a worker."""
        [pid] = [part.pid for part in self.stack.status() if part.name == name]
        return _child_of(pid)

    def watermark(self) -> float:
        """Return the moment up to which the weigher has weighed, s since 1970; 0 while it starts."""
        try:
            lines = httpx.get(self.stack.state.metrics["weigher"]).text.splitlines()
        except httpx.TransportError:
            return 0.0
        values = [line.split()[1] for line in lines if line.startswith(f"{WATERMARK} ")]
        return float(values[0]) if values else 0.0

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait, in vain only so long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"gave up waiting until {what}; see {self.stack.logs}"
            time.sleep(0.3)


def _child_of(pid: int) -> int:
    """Return the process that a tether guards: killing the guard would end both gently."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


@contextmanager
def running_platform(directory: Path, registry: Path | None = None) -> Iterator[Platform]:
    """Start a stack of its own in a directory, and end it."""
    if registry is not None:
        keep_registry(directory, registry)
    plan = plan_stack(directory, "tansu")
    stack = start_stack(plan, prepare_platform, lambda _: None, tied=True)
    try:
        yield Platform(stack, load_settings(plan.forced))
    finally:
        stack.down()


class Batch:
    """The same records through the pure code, in one process: what the platform has to come to.

    A list of records and ticks is laid out over the parts as the publisher would.
    """

    def __init__(self, registry: str, zone: str = "Asia/Shanghai") -> None:
        tools = compile_tools("batch", registry)
        rules = IntakeRules(LocalCalendar(ZoneInfo(zone)), memory_days=3650, future_tolerance_ms=900_000)
        self._parts = [Part(1, part, 0, 0, tools, rules) for part in range(PARTS)]
        self._minutes = Minutes.empty(PARTS)
        self._detector = Detector(load_settings().streams.detector, ZoneInfo(zone))
        self._last = -1
        self.outcomes: list[Outcome] = []
        self.surges: list[Surge] = []

    def take(self, records: Sequence[Record | Any], now_ms: int) -> None:
        """Take records in the order of their publishing; a tick is an aware moment."""
        logs: dict[int, list[RawRecord]] = defaultdict(list)
        for record in records:
            for part, key, value, headers in _laid_out(record):
                place = Place(1, part, self._parts[part].next + len(logs[part]), now_ms)
                logs[part].append(RawRecord(place, key, value, tuple(headers)))
        for part, log in sorted(logs.items()):
            outcome = self._parts[part].process(log, log[-1].place.offset + 1)
            self.outcomes.append(outcome)
            if outcome.arrivals is not None:
                self._minutes.take(outcome.arrivals)
        self._weigh()

    def _weigh(self) -> None:
        for start, arrivals in self._minutes.complete():
            self._last = start
            self.surges += self._detector.weigh(start, arrivals)
        last = (self._minutes.weighed_up_to_ms - MINUTE_MS) // 1000
        if last > self._last:
            self._last = last
            self.surges += self._detector.weigh(last, [])

    def counts(self) -> dict[Key, Figures]:
        """Return the figures of every bucket, summed over parts."""
        newest: dict[tuple[int, Key], Figures] = {}
        for outcome in self.outcomes:
            frame = outcome.counts
            if frame is None:
                continue
            for unit, level, grain, bucket, m in zip(
                frame.units, frame.levels, frame.grains, frame.buckets, frame.measures, strict=True
            ):
                figures = (m.opened, m.petitioned, m.closed, m.reopened)
                newest[frame.part, (level.value, unit, grain.value, bucket)] = figures
        total: dict[Key, Figures] = {}
        for (_, key), figures in newest.items():
            known = total.get(key, (0, 0, 0, 0))
            total[key] = (
                known[0] + figures[0],
                known[1] + figures[1],
                known[2] + figures[2],
                known[3] + figures[3],
            )
        return total

    def latest_surges(self) -> dict[str, Surge]:
        """Return the last revision of each surge."""
        return {surge.surge_id: surge for surge in self.surges}


def _laid_out(record: Record | Any) -> Iterator[tuple[int, bytes | None, bytes, Sequence[tuple[str, bytes]]]]:
    if isinstance(record, Record):
        yield partition_of(record.key, PARTS), record.key, record.value, record.headers
        return
    value, headers = tick_value("producer", record)
    for part in range(PARTS):
        yield part, None, value, headers
