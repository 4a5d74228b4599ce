"""Work W, which every way of the comparison does: decode, find estate names, count in windows, store.

An event is a JSON complaint of about 660 bytes. Every estate name that stands in its text is found by an
automaton over the names of 15,000 estates. Events are counted by estate in tumbling windows of 60 s and in
hopping ones of 60 s every 10 s, by event time. A row an event and the windows' counts go to ClickHouse.

Batched ways count panes of 10 s, of which both windows are sums, and leave the summing to SQL; the naive way
counts each window of each event, as Faust's tables do.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import ahocorasick_rs
import msgspec
from clickhouse_driver import Client

PANE_SECONDS = 10
WINDOW_SECONDS = 60
TABLES = (
    "CREATE DATABASE IF NOT EXISTS bench",
    "CREATE TABLE IF NOT EXISTS bench.{way}_rows (id String, at DateTime('UTC'), estate UInt32, text String)"
    " ENGINE = MergeTree ORDER BY id",
    "CREATE TABLE IF NOT EXISTS bench.{way}_windows"
    " (kind LowCardinality(String), start DateTime('UTC'), estate UInt32, events UInt32)"
    " ENGINE = MergeTree ORDER BY (kind, start, estate)",
)


class Complaint(msgspec.Struct):
    """What W reads of an event."""

    event_id: str
    occurred_at: int
    """Seconds since 1970."""
    text: str


decode = msgspec.json.Decoder(Complaint).decode


def names(count: int = 15_000) -> list[str]:
    """Return distinct estate names of four to six characters."""
    heads, middles = "金银玉翠碧锦香海山湖云龙凤福鑫华", "江湾城苑景园庭府阳光明珠绿地春秋"
    tails = ("花园", "小区", "家园", "公馆", "新城", "雅苑", "名邸", "公寓")
    made = [f"{a}{b}{c}{tail}" for tail in tails for a in heads for b in middles for c in heads]
    return made[:: max(1, len(made) // count)][:count]


def events(count: int, estates: Sequence[str]) -> list[bytes]:
    """Return so many events, six an hour of event time for each of 100 busy estates."""
    filler = "物业长期不处理，业主多次反映无果，请有关部门尽快督促解决，谢谢。" * 4
    made = []
    for number in range(count):
        name = estates[(number * 7919) % len(estates)]
        event = {
            "event_id": f"event-{number:09d}",
            "occurred_at": 1_600_000_000 + number // 50,
            "source": "bench",
            "request_id": f"request-{number:09d}",
            "text": f"{name}三栋地下车库渗水严重，{filler}",
        }
        made.append(json.dumps(event, ensure_ascii=False).encode())
    return made


class Finder:
    """Finds the first estate named in a text."""

    def __init__(self, estates: Sequence[str]) -> None:
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(estates), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )

    def find(self, text: str) -> int:
        """Return the estate's number, or 0."""
        for index, _, _ in self._automaton.find_matches_as_indexes(text):
            return int(index) + 1
        return 0


@dataclass
class Taken:
    """What a batch became."""

    columns: list[list[object]]
    panes: Counter[tuple[int, int]]
    """(start, estate) -> events"""


def take(values: Sequence[bytes], finder: Finder) -> Taken:
    """Do W's work on a batch, storing apart."""
    ids: list[object] = []
    times: list[object] = []
    estates: list[object] = []
    texts: list[object] = []
    panes: Counter[tuple[int, int]] = Counter()
    for value in values:
        complaint = decode(value)
        estate = finder.find(complaint.text)
        ids.append(complaint.event_id)
        times.append(complaint.occurred_at)
        estates.append(estate)
        texts.append(complaint.text)
        panes[complaint.occurred_at - complaint.occurred_at % PANE_SECONDS, estate] += 1
    return Taken([ids, times, estates, texts], panes)


class Store:
    """Writes to ClickHouse; blocking."""

    def __init__(self, host: str, port: int, user: str, password: str, way: str) -> None:
        self._client = Client(host, port=port, user=user, password=password)
        self._way = way
        for statement in TABLES:
            self._client.execute(statement.format(way=way))

    def write(self, taken: Taken) -> None:
        """Store the rows and panes of a batch."""
        self._client.execute(
            f"INSERT INTO bench.{self._way}_rows (id, at, estate, text) VALUES",
            taken.columns,
            columnar=True,
        )
        keys = list(taken.panes)
        panes: list[list[object]] = [
            ["pane"] * len(keys),
            [key[0] for key in keys],
            [key[1] for key in keys],
            list(taken.panes.values()),
        ]
        self.write_windows(panes)

    def write_windows(self, columns: list[list[object]]) -> None:
        """Store counts of windows: kind, start, estate, events."""
        self._client.execute(
            f"INSERT INTO bench.{self._way}_windows (kind, start, estate, events) VALUES",
            columns,
            columnar=True,
        )


class Meter:
    """Wall and processor seconds between the first event and the last."""

    def __init__(self, expected: int) -> None:
        self._expected = expected
        self._taken = 0
        self._wall = self._cpu = 0.0

    def start(self) -> None:
        """Begin, once."""
        if not self._wall:
            self._wall, self._cpu = time.perf_counter(), time.process_time()

    def add(self, count: int) -> bool:
        """Count events; return whether all are done."""
        self._taken += count
        return self._taken >= self._expected

    def report(self) -> str:
        """Return the figures as a line of JSON."""
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        return json.dumps(
            {
                "events_per_second": self._taken / wall,
                "cpu_us": cpu / self._taken * 1e6,
                "events": self._taken,
            }
        )
