"""What is going on now: one look at ClickHouse for all who watch, and a wake-up when it has changed.

Each look runs on its own, as often as the settings allow and ClickHouse bears: one that takes long comes
rarer, so that none takes more than `poll_share` of the time however large the tables grow.

Now is the clock of the data (the latest moment that the platform was told of), not the wall's: a year that is
replayed is watched as it was lived through. Only silences and actions go by the wall clock.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from deploy.console.database import Database
from deploy.console.expectation import Expectation
from deploy.console.metrics import LOOK_SECONDS, LOOKS_FAILED
from deploy.console.people import EVERYTHING, Scope
from deploy.console.rows import (
    BaselineRow,
    ComplaintRow,
    FirstRow,
    HourRow,
    PartsRow,
    RejectionsRow,
    SurgeRow,
    TodayRow,
    UnitRow,
    lies_in,
    unit_of,
)
from deploy.console.settings import ConsoleSettings
from deploy.console.units import Units
from sinks.clickhouse import DatabaseError
from streams.contract import Level

log = logging.getLogger(__name__)

SURGES: Final = 1000
FEED: Final = 1000
FEED_DAYS: Final = 40
"""An event that is told of later than that is stored and counted, but not shown in the feed."""
OVERLAP: Final = dt.timedelta(seconds=10)
"""A row is dated when its insert begins and is seen when it ends: looks overlap by more than that."""
COUNT_SECONDS: Final = 1.0
PARTS_SECONDS: Final = 1.0
REJECTED_SECONDS: Final = 5.0
UNITS_SECONDS: Final = 30.0
BASELINE_SECONDS: Final = 900.0
LONG_AGO: Final = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)

Key = tuple[str, str]
"""level, id"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Complaints of one unit, or of all."""

    today: int
    expected_today: float
    hour: int
    expected_hour: float


class Board:
    """What was last seen; every attribute is replaced whole, never changed."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.version = 0
        self.units = Units()
        self.surges: tuple[SurgeRow, ...] = ()
        """Those that are open, the most severe first."""
        self.feed: tuple[ComplaintRow, ...] = ()
        """The newest complaints, the newest first."""
        self.parts: PartsRow | None = None
        self.rejections = RejectionsRow(0, 0)
        self.expectation = Expectation((), (), LONG_AGO.date(), LONG_AGO.date(), zone)
        self.failure = ""
        """Why what is shown may be old; empty: it is not."""
        self.estates_today: dict[str, int] = {}
        """Complaints of today, of the estates that have any."""
        self._today: Counter[Key] = Counter()
        self._hour: Counter[Key] = Counter()
        self._share, self._share_of = 0.0, -1
        self._changed = asyncio.Event()

    @property
    def now(self) -> dt.datetime:
        """The clock of the data; before there are any, the wall's."""
        return self.parts.now if self.parts else dt.datetime.now(dt.UTC)

    def surges_in(self, scope: Scope) -> list[SurgeRow]:
        """Return the open surges of a scope, the most severe first."""
        return [surge for surge in self.surges if lies_in(surge, scope)]

    def feed_in(self, scope: Scope, rows: int) -> list[ComplaintRow]:
        """Return the newest complaints of a scope, the newest first."""
        found = (row for row in self.feed if lies_in(row, scope))
        return [row for row, _ in zip(found, range(rows), strict=False)]

    def figures(self, key: Key | None) -> Figures:
        """Return the figures of a unit; of None, of all units together."""
        expectation, now = self.expectation, self.now
        return Figures(
            self._count(self._today, key),
            expectation.today_until(key, now),
            self._count(self._hour, key),
            expectation.last_hour(key, now),
        )

    def expected_today(self, key: Key) -> float:
        """Return what a unit's day holds up to now."""
        if self._share_of != self.version:
            self._share, self._share_of = self.expectation.share_until(self.now), self.version
        return self.expectation.a_day(key) * self._share

    def put_counts(self, rows: Iterable[TodayRow]) -> None:
        """Replace today's counts, summed up to every level."""
        today: Counter[Key] = Counter()
        hour: Counter[Key] = Counter()
        for row in rows:
            for level in Level:
                if unit := unit_of(row, level):
                    today[level.value, unit] += row.today
                    hour[level.value, unit] += row.hour
        if (today, hour) != (self._today, self._hour):
            self._today, self._hour = today, hour
            estates = ((unit, count) for (level, unit), count in today.items() if level == Level.ESTATE)
            self.estates_today = {unit: count for unit, count in estates if count}
            self.mark()

    def put(self, name: str, value: object) -> None:
        """Replace an attribute, and wake whoever watches if it differs."""
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.mark()

    def mark(self) -> None:
        """Wake whoever watches."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait(self, version: int, seconds: float) -> None:
        """Return when the board has changed since that version, or the time is over."""
        if self.version == version:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)

    def _count(self, counts: Counter[Key], key: Key | None) -> int:
        if key is not None:
            return counts[key]
        return sum(count for (level, _), count in counts.items() if level == Level.ESTATE)


class Watcher:
    """Keeps a board true, until it is stopped."""

    def __init__(self, database: Database, settings: ConsoleSettings, zone: ZoneInfo) -> None:
        self.board = Board(zone)
        self._database = database
        self._settings = settings
        self._zone = zone
        self._tasks: list[asyncio.Task[None]] = []
        self._failing: dict[str, str] = {}

    async def start(self) -> None:
        """Look once at everything, and from then on again and again."""
        shortest = self._settings.poll_seconds
        looks: list[tuple[str, float, Callable[[], Awaitable[None]]]] = [
            ("parts", max(shortest, PARTS_SECONDS), self._look_at_parts),
            ("units", UNITS_SECONDS, self._look_at_units),
            ("surges", shortest, self._look_at_surges),
            ("feed", shortest, self._look_at_feed),
            ("baseline", shortest, self._look_at_baseline),
            ("today", max(shortest, COUNT_SECONDS), self._look_at_today),
            ("rejections", REJECTED_SECONDS, self._look_at_rejections),
        ]
        self._baseline_at = -BASELINE_SECONDS
        for name, _, look in looks:
            await self._once(name, look)
        self._tasks = [asyncio.create_task(self._keep(*each), name=each[0]) for each in looks]
        for task in self._tasks:
            task.add_done_callback(self._note_end)

    async def stop(self) -> None:
        """Look no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def look_again(self) -> None:
        """Look at the surges at once: somebody has just done something about one."""
        await self._once("surges", self._look_at_surges)

    async def _keep(self, name: str, shortest: float, look: Callable[[], Awaitable[None]]) -> None:
        took = 0.0
        while True:
            await asyncio.sleep(max(shortest, took * (1 / self._settings.poll_share - 1)))
            took = await self._once(name, look)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        """Say so when a look ended that nobody stopped: what it showed must not pass for true any longer."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("no longer looks at %s", task.get_name(), exc_info=error)
            self._failing[task.get_name()] = f"no longer looks at {task.get_name()}: restart the console"
            self.board.put("failure", self._failing[task.get_name()])

    async def _once(self, name: str, look: Callable[[], Awaitable[None]]) -> float:
        """Look once and return how long that took; what fails is shown, and tried again."""
        began = time.monotonic()
        try:
            await look()
            self._failing.pop(name, None)
        except DatabaseError as error:
            LOOKS_FAILED.labels(name).inc()
            if name not in self._failing:
                log.warning("cannot look at %s: %s", name, error)
            self._failing[name] = str(error)
        took = time.monotonic() - began
        LOOK_SECONDS.labels(name).observe(took)
        self.board.put("failure", next(iter(self._failing.values()), ""))
        return took

    async def _look_at_parts(self) -> None:
        rows = await self._database.rows("live_parts", PartsRow)
        self.board.put("parts", rows[0] if rows else None)

    async def _look_at_units(self) -> None:
        rows = await self._database.rows("live_units", UnitRow)
        self.board.units = Units(rows)

    async def _look_at_surges(self) -> None:
        rows = await self._database.rows("live_surges", SurgeRow, rows=SURGES)
        self.board.put("surges", tuple(rows))

    async def _look_at_feed(self) -> None:
        known = self.board.feed
        since = known[0].stored_at - OVERLAP if known else LONG_AGO
        earliest = self.board.now - dt.timedelta(days=FEED_DAYS)
        seen = {row.identity for row in known}
        rows = await self._database.rows(
            "live_feed", ComplaintRow, start=max(earliest, LONG_AGO), since=since, rows=FEED
        )
        fresh = [row for row in rows if row.identity not in seen]
        if fresh:
            merged = sorted((*fresh, *known), key=lambda row: row.stored_at, reverse=True)
            self.board.put("feed", tuple(merged[:FEED]))

    async def _look_at_today(self) -> None:
        self.board.put_counts(await self._database.rows("live_today", TodayRow, now=self.board.now))

    async def _look_at_baseline(self) -> None:
        now = self.board.now
        today = now.astimezone(self._zone).date()
        is_fresh = time.monotonic() - self._baseline_at < BASELINE_SECONDS
        if is_fresh and today == self.board.expectation.today:
            return
        baseline = await self._database.rows("live_baseline", BaselineRow, now=now)
        hours = await self._database.rows("live_hours", HourRow, now=now)
        first = await self._database.rows("live_first", FirstRow)
        first_day = first[0].first.astimezone(self._zone).date() if first else today
        self.board.expectation = Expectation(baseline, hours, today, first_day, self._zone)
        self._baseline_at = time.monotonic()
        self.board.mark()

    async def _look_at_rejections(self) -> None:
        rows = await self._database.rows("live_rejections", RejectionsRow)
        self.board.put("rejections", rows[0])


def key_of(scope: Scope) -> Key | None:
    """Return the unit that a scope is; None for the one without bounds."""
    return None if scope == EVERYTHING or scope.level is None else (scope.level.value, scope.unit)
