"""Proves that every record is stored, a duplicate or rejected, and counts and requests what the facts say.

Blocking. The log is walked once, part by part, beside the offsets that the tables hold, in memory that does
not grow with it; counts and requests are made anew by SQL.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sinks.accounts import (
    UNREADABLE,
    Account,
    Fate,
    Identity,
    KeyedRecord,
    fates,
    read_identity,
    source_of,
)
from sinks.clickhouse import ClickHouse
from sinks.count_check import CountCheck, CountReport
from sinks.facts import Facts
from sinks.raw_log import LogRecord, RawLog
from sinks.request_check import RequestCheck, RequestReport
from sinks.settings import SinksSettings
from sinks.statements import query

LOOK_UPS_AT_ONCE: Final = 2000
POLL_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Verification:
    """What a verification found."""

    account: Account
    counts: CountReport
    requests: RequestReport
    seconds: float

    @property
    def is_exact(self) -> bool:
        """Whether nothing is lost, doubled or miscounted, and every request stands as its facts say."""
        return self.account.is_exact and self.counts.is_exact and self.requests.is_exact


class Patience:
    """Runs out when nothing has changed for so many seconds: a slow machine is no fault, a dead worker is."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen: object = None
        self._since = time.monotonic()

    def is_over(self, seen: object) -> bool:
        """Return whether what is seen now was seen so long ago already."""
        now = time.monotonic()
        if seen != self._seen:
            self._seen, self._since = seen, now
        return now - self._since >= self._seconds


class Verifier:
    """Compares the raw log, the tables and the counts of one epoch."""

    def __init__(self, settings: SinksSettings, raw_topic: str, epoch: int) -> None:
        """Take where the parts are, and which topic and epoch are to be verified."""
        self._settings = settings
        self._topic = raw_topic
        self._epoch = epoch
        self._server = ClickHouse(settings.clickhouse)
        self._facts = Facts(settings)

    def run(
        self, first: dt.date | None = None, last: dt.date | None = None, wait_seconds: float = 0.0
    ) -> Verification:
        """Verify all of the log, all requests, and the counts of the local days first..last.

        Args:
            first: first local day whose counts are compared; the first that has any unless given.
            last: last local day whose counts are compared; the last that has any unless given.
            wait_seconds: how long to wait for workers that are still at it, counted anew from each progress
                that they make.

        Raises:
            LogAway: the broker does not answer, or the topic is missing.
            DatabaseAway: ClickHouse cannot be reached.
            DatabaseRefused: it refuses, e.g. the schema was not migrated.
        """
        started = time.monotonic()
        with RawLog(self._settings.brokers, self._topic) as log:
            self._wait_until_stored(log, Patience(wait_seconds))
            account = self._account(log)
        counts = self._compare(first, last, Patience(wait_seconds))
        requests = self._compare_requests(Patience(wait_seconds))
        return Verification(account, counts, requests, time.monotonic() - started)

    def _wait_until_stored(self, log: RawLog, patience: Patience) -> None:
        ends = {part: log.end(part) for part in log.parts}
        while True:
            stored = {part: self._facts.stored_up_to(self._epoch, part) for part in ends}
            if all(stored[part] >= end for part, end in ends.items()) or patience.is_over(stored):
                return
            time.sleep(POLL_SECONDS)

    def _compare(self, first: dt.date | None, last: dt.date | None, patience: Patience) -> CountReport:
        check = CountCheck(self._settings)
        while True:
            report = check.run(first, last)
            if report.is_exact or patience.is_over((report.compared, report.differing)):
                return report
            time.sleep(POLL_SECONDS)

    def _compare_requests(self, patience: Patience) -> RequestReport:
        check = RequestCheck(self._settings)
        while True:
            report = check.run()
            if report.is_exact or patience.is_over((report.compared, report.differing, report.waiting)):
                check.close()
                return report
            time.sleep(POLL_SECONDS)

    def _account(self, log: RawLog) -> Account:
        account = Account()
        for part in log.parts:
            self._account_part(log, part, account)
        return account

    def _account_part(self, log: RawLog, part: int, account: Account) -> None:
        stored, rejected = self._offsets("stored_offsets", part), self._offsets("rejected_offsets", part)
        undecided: list[LogRecord] = []
        for record, fate in fates(log.read(part), stored, rejected, account, part):
            if record.key is None:
                _note_control(record, fate, account)
            elif not account.count(source_of(record), fate):
                undecided.append(record)
            if len(undecided) >= LOOK_UPS_AT_ONCE:
                self._decide(undecided, account)
                undecided = []
        self._decide(undecided, account)

    def _offsets(self, name: str, part: int) -> Iterator[int]:
        parameters = {"epoch": self._epoch, "part": part}
        return (row[0] for row in self._server.stream(query(name, self._settings), parameters))

    def _decide(self, records: Sequence[LogRecord], account: Account) -> None:
        """Tell duplicates, whose event is stored by another delivery, from records that are missing."""
        identities = [_identity(record) for record in records]
        known = self._stored([each for each in identities if each is not None])
        for record, identity in zip(records, identities, strict=True):
            if identity in known:
                account.tally(source_of(record)).duplicates += 1
            else:
                account.miss(_name(record, identity))

    def _stored(self, identities: list[Identity]) -> set[Identity | None]:
        if not identities:
            return set()
        asked = {
            "request_ids": [each.request_id for each in identities],
            "event_ids": [each.event_id for each in identities],
        }
        rows = self._server.execute(query("stored_identities", self._settings), asked)
        return {Identity(*row) for row in rows}


def _note_control(record: LogRecord, fate: Fate, account: Account) -> None:
    """Ticks and activations are nobody's events: they count nowhere, and must not be stored as such."""
    if fate is Fate.STORED:
        account.cannot_explain(f"part {record.part} offset {record.offset}: stored, though it is no event")


def _identity(record: KeyedRecord) -> Identity | None:
    try:
        return read_identity(record.value)
    except UNREADABLE:
        return None


def _name(record: LogRecord, identity: Identity | None) -> str:
    place = f"part {record.part} offset {record.offset}"
    return (
        place if identity is None else f"{place}: {identity.source} {identity.request_id} {identity.event_id}"
    )
