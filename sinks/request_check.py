"""Puts requests together from the facts, slice by slice, and compares them with those that stand. Blocking.

Requests with open tickets have facts that nobody has taken up yet: they are not compared, and counted apart
where they have waited since before the comparison began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from sinks.clickhouse import ClickHouse
from sinks.settings import SinksSettings
from sinks.statements import query

FACTS_AT_ONCE: Final = 1_000_000
"""About so many facts are put together at once: it bounds the memory that ClickHouse needs."""
NAMED: Final = 100
"""At most so many differing requests are named; all are counted."""


class Span(NamedTuple):
    """A time whose requests are compared, seconds since 1970 UTC; the end is not part of it."""

    start: int
    end: int


ALWAYS: Final = Span(0, 0)


@dataclass
class RequestReport:
    """The result of the comparison."""

    compared: int = 0
    differing: int = 0
    waiting: int = 0
    """Inserts of facts before the first comparison began whose requests are not put together yet."""
    differences: list[str] = field(default_factory=list)
    """The first NAMED of those that differ, as `SOURCE NUMBER`."""

    @property
    def is_exact(self) -> bool:
        """Whether every request stands as its facts say."""
        return self.differing == self.waiting == 0


class RequestCheck:
    """Compares requests with facts.

    Every method raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings) -> None:
        """Take where the server is."""
        self._server = ClickHouse(settings.clickhouse)
        self._bounds = query("request_bounds", settings)
        self._compare = query("compare_requests", settings)
        self._waiting = query("waiting_changes", settings)
        self._clock = query("server_clock", settings)
        self._began_ms: int | None = None

    def run(self, span: Span = ALWAYS) -> RequestReport:
        """Compare all requests, or those that something happened to in a span."""
        if self._began_ms is None:
            [(self._began_ms,)] = self._server.execute(self._clock)
        report = RequestReport()
        for compared, differing in self.slices(span):
            report.compared += compared
            report.differing += len(differing)
            room = NAMED - len(report.differences)
            report.differences += [f"{source} {number}" for source, number in differing[:room]]
        [(report.waiting,)] = self._server.execute(self._waiting, {"before": self._began_ms})
        return report

    def slices(self, span: Span = ALWAYS) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Yield of each slice how many requests were compared, and source and number of those that differ."""
        [(facts, drawn)] = self._server.execute(self._bounds)
        pieces = 1 if span != ALWAYS else facts // FACTS_AT_ONCE + 1
        cuts = ["", *drawn[:: max(1, len(drawn) // pieces)][1:], ""]
        for low, high in pairwise(cuts):
            asked = {"low": low, "high": high, "from": span.start, "to": span.end}
            [(compared, differing)] = self._server.execute(self._compare, asked)
            yield compared, differing

    def close(self) -> None:
        """Close this thread's connection."""
        self._server.close()
