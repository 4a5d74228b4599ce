"""The alerter: surges in, alerts out, then acknowledged; and all that is open told again and again.

The order of a batch: the book takes its revisions, Alertmanager takes their alerts, the batch is
acknowledged. While Alertmanager is away the batch waits, and with it all behind it, so that none is lost. At
each start the book is built anew from the log below what is acknowledged, and told whole.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_delay,
    wait_random_exponential,
)

from sinks.agents import Waiting
from sinks.alerts.alert import Alert, Telling, alerts_of
from sinks.alerts.alertmanager import Alertmanager, AlertmanagerAway
from sinks.alerts.book import AlertBook, Entry, Verdict
from sinks.alerts.names import UnitNames
from sinks.alerts.settings import AlertSettings
from sinks.alerts.surge_log import published
from sinks.metrics import ALERT_RETRIES, ALERT_SECONDS, OPEN_ALERTS
from streams.contract import SURGES_TOPIC, Level, Surge

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS: Final = 0.1


class Alerter:
    """The book of surges, and how it is told. All of it runs on one event loop."""

    def __init__(
        self,
        settings: AlertSettings,
        zone: ZoneInfo,
        alertmanager: Alertmanager,
        names: UnitNames,
        waiting: Waiting,
    ) -> None:
        """Take everything that does I/O from outside."""
        self._settings = settings
        self._zone = zone
        self._alertmanager = alertmanager
        self._names = names
        self._waiting = waiting
        self._book = self._new_book()
        # An alert that was made before another must not arrive behind it: it would open what is resolved.
        self._one_by_one = asyncio.Lock()

    async def assign(self, log_below: AsyncIterator[Sequence[Any]] | None) -> None:
        """Build the book anew from the log below what is acknowledged; None: others have the log now."""
        self._book = self._new_book()
        await asyncio.to_thread(self._names.refresh)
        if log_below is not None:
            async for records in log_below:
                self._book.take(published(records))
                self._book.forget(_now())

    async def take(self, records: Sequence[Any]) -> None:
        """Take a batch of the log, and return when Alertmanager has taken what it says."""
        await self._tell(self._book.take(published(records)))
        now = _now().timestamp()
        for record in records:
            ALERT_SECONDS.observe(max(0.0, now - record.timestamp / 1000))

    async def resend(self) -> None:
        """Tell all that is open or was over a moment ago once more; if that fails, the next time will do."""
        await asyncio.to_thread(self._names.refresh)
        self._book.forget(_now())
        try:
            await self._tell_once(None)
        except AlertmanagerAway as away:
            ALERT_RETRIES.inc()
            log.warning("nothing was repeated: %s", away)
        self._show()

    async def judge(self, verdicts: Mapping[str, Verdict]) -> None:
        """Take what people and the ladder made of the surges, and tell what that changes.

        Raises:
            AlertmanagerAway: it was not told; the next repeat tells it.
        """
        changed = self._book.judge(verdicts, _now())
        if changed:
            await self._tell_once(changed)  # once is enough: all is told again in a while

    def surges(self) -> list[Surge]:
        """Return the surges that are open or were a moment ago, whatever people made of them."""
        return [*self._book.surges(_now())]

    async def close(self) -> None:
        """Close the connections."""
        await self._alertmanager.close()

    async def _tell(self, surge_ids: Collection[str]) -> None:
        settings = self._settings
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(AlertmanagerAway),
            wait=wait_random_exponential(FIRST_PAUSE_SECONDS, max=settings.longest_pause_seconds),
            stop=stop_after_delay(settings.patience_seconds),
            before_sleep=_note_retry,
            reraise=True,
        )
        with self._waiting("Alertmanager", SURGES_TOPIC):
            await retrying(self._tell_once, surge_ids)

    async def _tell_once(self, surge_ids: Collection[str] | None) -> None:
        async with self._one_by_one:
            # Made anew for each try: the times in them are those of now.
            alerts = [*self._alerts(surge_ids, _now())]
            if alerts and self._settings.alertmanager_url:
                await self._alertmanager.post(alerts)

    def _alerts(self, surge_ids: Collection[str] | None, now: dt.datetime) -> Iterator[Alert]:
        holds_until = now + dt.timedelta(seconds=self._settings.hold_seconds)
        entries = self._book.to_tell(now, surge_ids)
        for entry in entries:
            if entry.over_at is None:
                yield from alerts_of(entry.surge, self._telling(entry), now, holds_until)
        for entry in reversed(entries):  # what is muted ends before what mutes it, or it would be told of
            if entry.over_at is not None:
                yield from reversed(alerts_of(entry.surge, self._telling(entry), now, entry.over_at))

    def _telling(self, entry: Entry) -> Telling:
        name = self._names.name(entry.surge.level, entry.surge.unit)
        return Telling(name, self._zone, self._settings.console_url, entry.raised_to)

    def _show(self) -> None:
        counts = Counter(surge.level for surge in self._book.open(_now()))
        for level in Level:
            OPEN_ALERTS.labels(level.value).set(counts[level])

    def _new_book(self) -> AlertBook:
        settings = self._settings
        return AlertBook(
            oldest=dt.timedelta(days=settings.oldest_days),
            resolved_for=dt.timedelta(seconds=settings.resolved_seconds),
        )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _note_retry(state: RetryCallState) -> None:
    ALERT_RETRIES.inc()
    if state.attempt_number == 1 and state.outcome is not None:
        log.warning("%s; it is tried again", state.outcome.exception())
