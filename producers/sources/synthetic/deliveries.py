"""How events reach the platform: mostly at once, some late, some twice, and once all that was held back."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from producers.contract import ComplaintEvent
from producers.records import Record, event_record
from producers.sources.synthetic.chance import Chance

LAG_SECONDS: Final = 30.0
LATE: Final = 0.05
"""Share that comes hours or days late."""
LATE_HOURS: Final = 6.0
LATEST_HOURS: Final = 24.0 * 12
TWICE: Final = 0.03
"""Share that is sent again, once or twice, byte for byte."""
LONG_AFTER: Final = 0.1
"""Share of the repeats that come weeks later, from an export that was run again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One record on its way, in order of `at`."""

    at: dt.datetime
    """When it reaches the platform (UTC)."""
    what: ComplaintEvent | Record
    """An event, or a record that no event can be read from."""
    is_repeat: bool = False
    """Whether the same event was delivered before."""

    def record(self) -> Record:
        """Return it as it is published, to be put in order and paced by the moment of its delivery."""
        made = self.what if isinstance(self.what, Record) else event_record(self.what)
        return made._replace(arrived_at=self.at)


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which the request system could not reach the platform; then its backlog comes at once."""

    start: dt.datetime
    end: dt.datetime

    def held_back(self, moment: dt.datetime) -> bool:
        """Whether what would arrive at this moment waits."""
        return self.start <= moment < self.end


class Courier:
    """Delivers events."""

    def __init__(self, outage: Outage, chance: Chance) -> None:
        self._outage = outage
        self._chance = chance

    def deliver(self, events: Iterable[ComplaintEvent]) -> Iterator[Delivery]:
        """Yield the deliveries of events, not yet in order."""
        for event in events:
            at = self._arrival(event.occurred_at)
            told = msgspec.structs.replace(event, arrived_at=at)
            yield Delivery(at, told)
            if self._chance.random() < TWICE:
                for _ in range(self._chance.choice((1, 1, 2))):
                    yield Delivery(self._through(at + self._until_repeat()), told, is_repeat=True)

    def _arrival(self, occurred_at: dt.datetime) -> dt.datetime:
        seconds = self._chance.expovariate(1 / LAG_SECONDS)
        if self._chance.random() < LATE:
            hours = self._chance.lognormvariate(math.log(LATE_HOURS), 1.2)
            seconds += 3600 * min(hours, LATEST_HOURS)
        return self._through(occurred_at + dt.timedelta(seconds=1 + int(seconds)))

    def _through(self, at: dt.datetime) -> dt.datetime:
        """Return when what is sent at a moment comes through."""
        if self._outage.held_back(at):
            return self._outage.end + dt.timedelta(seconds=int(self._chance.expovariate(1 / 60)))
        return at

    def _until_repeat(self) -> dt.timedelta:
        if self._chance.random() < LONG_AFTER:
            return dt.timedelta(days=self._chance.randint(7, 45))
        return dt.timedelta(seconds=1 + int(self._chance.expovariate(1 / 1800)))
