"""Puts requests together from their facts, into the table of requests. Blocking: for worker threads.

Facts have tickets: each insert of facts leaves one with the numbers of its requests (0029_requests.sql). A
reading takes open tickets, puts their requests together anew from all of their facts, and then says that the
tickets are done. Whatever dies in between leaves tickets open, and the next reading does the same again.

The order of a reading is what makes it right, however many readers there are, and whatever clocks say:

1. the clock of the data, which may be behind what is read, and never ahead;
2. the tickets: facts of a ticket that is seen are there to be read;
3. its number, above those of all readings that have begun, written down at once;
4. the facts. Rows of the highest number survive. A ticket that a reading settles was seen before its number
   was drawn. A row that beats its own has a higher number, so it was drawn later, and its facts were read
   later still: they are in it as well.

Facts lie in partitions by month, and the number of a request does not tell which: to look it up in all of
them is to read most of them. So a reading asks, after its number is drawn, first for the months of all open
tickets, then for those of its requests' rows, and reads no others. A ticket that a reading before has settled
has its months in the rows, which were stored before it was; one that nobody has settled is open.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sinks.clickhouse import ClickHouse, DatabaseRefused
from sinks.contract import REQUEST_CHANGES, REQUEST_READINGS
from sinks.metrics import REQUESTS_BEHIND, REQUESTS_KEPT, REQUESTS_READ, REQUESTS_SECONDS
from sinks.rows import Columns
from sinks.settings import SinksSettings
from sinks.statements import query

TICKETS_AT_ONCE: Final = 5000
REQUESTS_AT_ONCE: Final = 500_000
"""At most so many of one reading, or one ticket: it bounds the memory that ClickHouse needs."""
READER: Final = "changes"


class Ticket(NamedTuple):
    """An insert of facts whose requests are not put together yet."""

    noted_ms: int
    """When it was, ms since 1970 UTC; with the number it is the key."""
    number: int
    requests: int
    """How many requests the facts are of."""
    age_ms: int


class Kept(NamedTuple):
    """What a reading did."""

    requests: int
    is_all: bool
    """Whether it took all tickets that were open."""


class RequestKeeper:
    """Puts requests together as they change.

    Every method raises:
        DatabaseAway: the server stayed away longer than the patience, or `stopping` was set.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings, stopping: threading.Event | None = None) -> None:
        """Take where the server is; `stopping`, once set, ends every wait for it."""
        self._server = ClickHouse(settings.clickhouse, stopping)
        self._clock = query("data_clock", settings)
        self._open_changes = query("open_changes", settings)
        self._next_reading = query("next_reading", settings)
        self._keep = query("keep_requests", settings)
        self._forget = query("forget_requests", settings)
        self._changed_months = query("changed_months", settings)
        self._kept_months = query("kept_months", settings)
        self._shown_ms = -1

    def keep(self) -> Kept:
        """Put the requests of open tickets together, the oldest first: all, or as many as go at once."""
        [(clock_ms,)] = self._server.execute(self._clock)
        found = self._open_tickets()
        tickets = _first(found)
        REQUESTS_BEHIND.set(found[0].age_ms / 1000 if found else 0)
        if tickets:
            began = time.monotonic()
            self._put_together(tickets, is_by_month=True)
            REQUESTS_SECONDS.observe(time.monotonic() - began)
        is_all = len(tickets) == len(found) < TICKETS_AT_ONCE
        if is_all:
            self._show(clock_ms)
            REQUESTS_READ.set_to_current_time()
        return Kept(sum(each.requests for each in tickets), is_all)

    def keep_all(self) -> int:
        """Put requests together until no ticket is open; return how many, repeats counted."""
        requests = 0
        while True:
            kept = self.keep()
            requests += kept.requests
            if kept.is_all:
                return requests

    def mend(self, request_ids: Sequence[str]) -> None:
        """Put requests together anew though nothing came; those that have no facts any longer are no more.

        Args:
            request_ids: their numbers; of each, requests of all sources.
        """
        ticket = Ticket(int(time.time() * 1000), random.getrandbits(63), len(request_ids), 0)
        row: Columns = [[ticket.noted_ms], [ticket.number], [request_ids]]
        self._store(REQUEST_CHANGES, ("noted_at", "ticket", "request_ids"), row)
        version = self._put_together([ticket], is_by_month=False)
        self._server.execute(self._forget, {"version": version, "ids": [*request_ids]})

    def close(self) -> None:
        """Close this thread's connection."""
        self._server.close()

    def _open_tickets(self) -> list[Ticket]:
        rows = self._server.execute(self._open_changes, {"tickets": TICKETS_AT_ONCE})
        return [Ticket(*row) for row in rows]

    def _put_together(self, tickets: Sequence[Ticket], *, is_by_month: bool) -> int:
        """Read the facts, of their months or of all; settle the tickets; return the reading's number."""
        [(version, is_filled)] = self._server.execute(self._next_reading)
        self._store(REQUEST_READINGS, ("reader", "version"), [[READER], [version]])
        numbers = [ticket.number for ticket in tickets]
        asked: dict[str, Any] = {"tickets": numbers, "since": tickets[0].noted_ms}
        # Before the migration has put all together, rows do not say which months there are.
        months = self._months(asked) if is_by_month and is_filled else []
        self._server.execute(self._keep, {**asked, "version": version, "months": months})
        done: Columns = [[ticket.noted_ms for ticket in tickets], numbers, [1] * len(tickets)]
        self._store(REQUEST_CHANGES, ("noted_at", "ticket", "is_done"), done)
        REQUESTS_KEPT.inc(sum(ticket.requests for ticket in tickets))
        return int(version)

    def _months(self, asked: dict[str, Any]) -> list[str]:
        [(changed,)] = self._server.execute(self._changed_months)
        [(kept,)] = self._server.execute(self._kept_months, asked)
        return [str(month) for month in sorted({*changed, *kept})]

    def _store(self, table: str, names: Sequence[str], columns: Columns) -> None:
        refused = self._server.insert(table, names, columns)
        if refused:
            raise DatabaseRefused(f"{table} cannot hold a row that we made ourselves: {refused[0].reason}")

    def _show(self, clock_ms: int) -> None:
        """Write up to which clock of the data requests are put together, where it has moved."""
        if clock_ms != self._shown_ms:
            row: Columns = [[READER], [clock_ms], [int(time.time() * 1000)]]
            self._store(REQUEST_READINGS, ("reader", "clock_ms", "read_at"), row)
            self._shown_ms = clock_ms


def _first(tickets: list[Ticket]) -> list[Ticket]:
    """Return the first of them that go at once; one at least."""
    taken: list[Ticket] = []
    requests = 0
    for ticket in tickets:
        requests += ticket.requests
        if taken and requests > REQUESTS_AT_ONCE:
            break
        taken.append(ticket)
    return taken
