"""Keeps the ladder: looks at what people did, tells and raises what is due, and passes silences on.

Each look starts from the table and the clock alone. Where ClickHouse is away it does nothing, and the next
look makes up for it: a surge is raised later then, never twice and never two levels at once.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from sinks.alerts.alert import SURGE_ALERT
from sinks.alerts.alerter import Alerter
from sinks.alerts.alertmanager import Alertmanager, AlertmanagerAway
from sinks.alerts.book import Verdict
from sinks.clickhouse import DatabaseError
from sinks.ladder.actions import LADDER, Actions
from sinks.ladder.hours import working_hours
from sinks.ladder.rungs import Action, ActionKind, Standing, due_at, next_level, standing
from sinks.ladder.settings import LadderSettings
from sinks.metrics import LADDER_RAISES, LADDER_SHARE, LADDER_WAITING
from streams.contract import Level, Surge, SurgeState

log = logging.getLogger(__name__)

SHARE_DAYS: Final = 30
SHARE_SECONDS: Final = 600.0


class LadderKeeper:
    """One look after the other, all on one event loop."""

    def __init__(
        self,
        settings: LadderSettings,
        zone: ZoneInfo,
        actions: Actions,
        alerter: Alerter,
        alertmanager: Alertmanager | None,
    ) -> None:
        """Take everything that does I/O from outside; without an Alertmanager silences stay here."""
        self._settings = settings
        self._hours = working_hours(settings, zone)
        self._actions = actions
        self._alerter = alerter
        self._alertmanager = alertmanager
        self._silenced: set[tuple[str, dt.datetime | None]] = set()
        self._shared_at = float("-inf")

    async def look(self) -> None:
        """Look once. Whoever is away is left for the next time."""
        surges = self._alerter.surges()
        try:
            known = await asyncio.to_thread(self._actions.of, [surge.surge_id for surge in surges])
            now = _now()
            if self._settings.is_on:
                await self._act([each for each in surges if each.state is SurgeState.OPEN], known, now)
            standings = {each.surge_id: standing(each, known.get(each.surge_id, ()), now) for each in surges}
            await self._alerter.judge(verdicts(standings))
            await self._silence(standings, now)
            await self._show({each.surge_id for each in surges if each.state is SurgeState.OPEN}, standings)
        except (DatabaseError, AlertmanagerAway) as away:
            log.warning("the ladder waits: %s", away)

    async def _act(self, surges: Iterable[Surge], known: dict[str, list[Action]], now: dt.datetime) -> None:
        """Do what is due, and add it to what is known."""
        done = [action for surge in surges for action in self._due(surge, known.get(surge.surge_id, ()), now)]
        if done:
            await asyncio.to_thread(self._actions.add, done)
        for action in done:
            known.setdefault(action.surge_id, []).append(action)
            if action.kind == ActionKind.RAISE:
                LADDER_RAISES.labels(action.level).inc()
                log.info("%s is raised to the %s", action.surge_id, action.level)

    def _due(self, surge: Surge, actions: Iterable[Action], now: dt.datetime) -> Iterator[Action]:
        found = standing(surge, actions, now)
        if found.asked_at is None:
            yield _action(surge, ActionKind.TELL, surge.level, "", now)
            return
        due, to = due_at(surge, found, self._settings, self._hours), next_level(surge.path, found.level)
        if due is not None and to is not None and due <= now:
            reason = f"not taken up at the {found.level} by {due:%Y-%m-%d %H:%M} UTC"
            yield _action(surge, ActionKind.RAISE, to, reason, now)

    async def _silence(self, standings: Mapping[str, Standing], now: dt.datetime) -> None:
        if self._alertmanager is None:
            return
        for surge_id, found in standings.items():
            action = found.silence
            if action is not None and (surge_id, action.until) not in self._silenced:
                await _pass_on(self._alertmanager, action, now)
                self._silenced.add((surge_id, action.until))
        self._silenced = {(surge_id, until) for surge_id, until in self._silenced if until and until > now}

    async def _show(self, open_ids: Collection[str], standings: Mapping[str, Standing]) -> None:
        waiting = Counter(standings[each].level for each in open_ids if not standings[each].is_taken_up)
        for level in Level:
            LADDER_WAITING.labels(level.value).set(waiting[level])
        if time.monotonic() - self._shared_at > SHARE_SECONDS:
            for name, share in await asyncio.to_thread(self._actions.shares, SHARE_DAYS):
                LADDER_SHARE.labels(name).set(share)
            self._shared_at = time.monotonic()


def verdicts(standings: Mapping[str, Standing]) -> dict[str, Verdict]:
    """Return what the alerts have to know of each surge that somebody did something about."""
    return {
        surge_id: Verdict(found.is_closed, found.raised_to)
        for surge_id, found in standings.items()
        if found.is_closed or found.raised_to
    }


def _action(surge: Surge, kind: ActionKind, level: Level, reason: str, now: dt.datetime) -> Action:
    return Action(surge.surge_id, kind.value, LADDER, level.value, reason, None, now)


async def _pass_on(alertmanager: Alertmanager, action: Action, now: dt.datetime) -> None:
    ends_at = action.until.isoformat() if action.until else ""
    comment = f"{action.reason} [{action.surge_id} {ends_at}]"
    there: list[dict[str, Any]] = await alertmanager.silences(action.surge_id)
    if any(each["comment"] == comment for each in there):
        return  # told before the last start
    matchers = {"surge": action.surge_id, "alertname": SURGE_ALERT}
    await alertmanager.silence(
        {
            "matchers": [
                {"name": name, "value": value, "isRegex": False, "isEqual": True}
                for name, value in matchers.items()
            ],
            "startsAt": now.isoformat(),
            "endsAt": ends_at,
            "createdBy": action.actor,
            "comment": comment,
        }
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
