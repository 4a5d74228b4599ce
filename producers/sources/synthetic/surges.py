"""What is planted among the ordinary complaints: surges, and single people who only write a lot.

A surge has many writers, a repeat has one. The truth file lists both; a detector must find the first and
leave the second alone. Sizes and lengths are spread evenly in logarithms, as in real bursts, and a surge is
never so faint beside its estate's usual complaints that nobody could tell.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from producers.sources.synthetic.chance import Chance, Weighted
from producers.sources.synthetic.openings import Crowd, Opening
from producers.sources.synthetic.rhythm import Period, burst, is_daytime, midnight
from producers.sources.synthetic.units import Territory, UnitRow

ESTATE_SURGES: Final = 13
REPEATS: Final = 8
SEASON: Final = (dt.date(2020, 8, 3), dt.date(2021, 12, 10))
"""First and last day on which a surge may begin: before, there is too little history to tell the usual."""
NEW_YEAR: Final = dt.date(2021, 1, 1)
EVENTS: Final = (8, 40)
HOURS: Final = (2.0, 240.0)
APART: Final = dt.timedelta(days=2)
"""No two of what is planted overlap or come so close that one could be taken for the other."""
DISTINCT: Final = 0.92
"""Share of a surge's requests that come from somebody who has not yet written in it."""
AREA_EVENTS: Final = (26, 34)
AREA_HOURS: Final = (4.0, 10.0)
AREA_MOST: Final = 5
AREA_ESTATES: Final = 8
"""An area's surge needs that many estates below it, that none of them stands out by itself."""
CITY_EVENTS: Final = (58, 72)
CITY_UNPLACED: Final = 12
CITY_HOURS: Final = (26.0, 38.0)
CITY_MOST: Final = 4
REPEAT_EVENTS: Final = (6, 14)
REPEAT_HOURS: Final = (1.0, 72.0)

TOPICS: Final = (
    "property_service", "parking", "noise", "lift_quality", "water_power", "title_deed_or_delivery", "siting",
    "unwanted_neighbour", "schools_hospitals", "owners_committee", "safety_fire", "environment",
    "municipal_facilities", "leaks",
)  # fmt: skip
AREA_TOPIC: Final = "water_power"
CITY_TOPIC: Final = "leaks"


@dataclass(frozen=True, slots=True)
class Planted:
    """One surge or repeat as it was planted."""

    id: str
    kind: str
    """`estate`, `area` or `city`: a surge at that level. `repeat`: one person, no surge."""
    unit: str
    level: str
    problem: str
    openings: tuple[Opening, ...]

    @property
    def start(self) -> dt.datetime:
        """The first of its requests (UTC)."""
        return self.openings[0].opened_at

    @property
    def end(self) -> dt.datetime:
        """The last of its requests (UTC)."""
        return self.openings[-1].opened_at


class Planter:
    """Plants the surges of one seed.

    Args:
        territory: the district.
        shares: each delivered estate's share of the ordinary complaints.
        per_day: ordinary complaints of the whole district on a usual day.
        crowd: who may complain.
        chance: the draws.
    """

    def __init__(
        self,
        territory: Territory,
        shares: Mapping[str, float],
        per_day: float,
        crowd: Crowd,
        chance: Chance,
    ) -> None:
        self._territory = territory
        self._shares = shares
        self._per_day = per_day
        self._crowd = crowd
        self._chance = chance
        self._busy: list[tuple[dt.datetime, dt.datetime]] = []

    def plant(self, spared: Sequence[str]) -> list[Planted]:
        """Return all surges and repeats, no two of those at single estates at the same one.

        Args:
            spared: ids of estates that get none of their own.
        """
        hosts = self._hosts(ESTATE_SURGES + REPEATS, spared)
        topics = self._chance.sample(TOPICS, ESTATE_SURGES)
        surges = [
            self._estate_surge(f"surge-{number:02}", host, topic)
            for number, (host, topic) in enumerate(zip(hosts, topics, strict=False), 1)
        ]
        repeats = [self._repeat(f"repeat-{n:02}", host) for n, host in enumerate(hosts[ESTATE_SURGES:], 1)]
        return [*surges, self._area_surge(spared), self._city_surge(spared), *repeats]

    def _hosts(self, count: int, spared: Sequence[str]) -> list[UnitRow]:
        """Draw estates, every other one in proportion to its complaints: busy and quiet ones have some."""
        left = {row.id: row for row in self._territory.delivered() if row.id not in spared}
        hosts: list[UnitRow] = []
        while len(hosts) < count:
            ids = list(left)
            weights = [self._shares[unit] if len(hosts) % 2 else 1.0 for unit in ids]
            hosts.append(left.pop(ids[Weighted(weights).draw(self._chance, 1)[0]]))
        return hosts

    def _estate_surge(self, id_: str, estate: UnitRow, topic: str) -> Planted:
        usual = self._shares[estate.id] * self._per_day
        while True:
            count, hours = round(self._spread(*EVENTS)), self._spread(*HOURS)
            expected = usual * hours / 24
            if count >= expected + 6 * math.sqrt(expected + 1):
                break
        moments = self._moments(count, hours)
        openings = self._openings([estate] * count, topic, moments, id_)
        return Planted(id_, "estate", estate.id, "estate", topic, openings)

    def _area_surge(self, spared: Sequence[str]) -> Planted:
        street = self._chance.choice(
            [row for row in self._territory.of_level("street") if self._is_broad(row)]
        )
        estates = self._lived_in(street)
        count = self._chance.randint(*AREA_EVENTS)
        chosen = self._deal(estates, count, AREA_MOST, spared)
        openings = self._openings(
            chosen, AREA_TOPIC, self._moments(count, self._spread(*AREA_HOURS)), "surge-area"
        )
        return Planted("surge-area", "area", street.id, "street", AREA_TOPIC, openings)

    def _lived_in(self, area: UnitRow) -> list[UnitRow]:
        return [row for row in self._territory.below(area) if row.status == "delivered"]

    def _is_broad(self, street: UnitRow) -> bool:
        return len(self._lived_in(street)) >= AREA_ESTATES

    def _city_surge(self, spared: Sequence[str]) -> Planted:
        city = self._territory.of_level("city")[0]
        count = self._chance.randint(*CITY_EVENTS)
        placed: list[UnitRow | None] = [
            *self._deal(self._territory.delivered(), count - CITY_UNPLACED, CITY_MOST, spared)
        ]
        chosen = placed + [None] * CITY_UNPLACED
        self._chance.shuffle(chosen)
        moments = self._moments(count, self._spread(*CITY_HOURS))
        return Planted(
            "surge-city",
            "city",
            city.id,
            "city",
            CITY_TOPIC,
            self._openings(chosen, CITY_TOPIC, moments, "surge-city"),
        )

    def _deal(
        self, estates: Sequence[UnitRow], count: int, most: int, spared: Sequence[str]
    ) -> list[UnitRow]:
        """Deal requests to estates, more to busy ones, at most `most` to each."""
        open_ = [row for row in estates if row.id not in spared]
        weighted = Weighted([math.sqrt(self._shares[row.id]) for row in open_])
        dealt: Counter[int] = Counter()
        while dealt.total() < count:
            index = weighted.draw(self._chance, 1)[0]
            dealt[index] += dealt[index] < most
        chosen = [open_[index] for index in sorted(dealt.elements())]
        self._chance.shuffle(chosen)
        return chosen

    def _repeat(self, id_: str, estate: UnitRow) -> Planted:
        count = self._chance.randint(*REPEAT_EVENTS)
        topic = self._chance.choice(TOPICS)
        writer = self._crowd.anyone(estate.id)
        moments = self._moments(count, self._spread(*REPEAT_HOURS))
        openings = tuple(
            Opening(estate, topic, writer, moment, id_, is_again=number > 0)
            for number, moment in enumerate(moments)
        )
        return Planted(id_, "repeat", estate.id, "estate", topic, openings)

    def _openings(
        self, estates: Sequence[UnitRow | None], topic: str, moments: Sequence[dt.datetime], id_: str
    ) -> tuple[Opening, ...]:
        openings: list[Opening] = []
        for estate, moment in zip(estates, moments, strict=True):
            before = [o.reporter for o in openings if o.estate is estate]
            again = bool(before) and self._chance.random() > DISTINCT
            writer = (
                self._chance.choice(before) if again else self._crowd.stranger(estate.id if estate else id_)
            )
            openings.append(Opening(estate, topic if estate else "", writer, moment, id_, again))
        return tuple(openings)

    def _moments(self, count: int, hours: float) -> list[dt.datetime]:
        """Return moments within one year, so that all count in that year, and apart from all else planted."""
        lasting = dt.timedelta(hours=hours)
        season = Period(*SEASON)
        while True:
            day = self._chance.choice(season.dates)
            start = midnight(day) + dt.timedelta(seconds=self._chance.randrange(86400))
            turn = midnight(NEW_YEAR)
            if (start < turn < start + lasting) or (hours < 24 and not is_daytime(start)):
                continue
            if all(start + lasting < first or last < start for first, last in self._busy):
                self._busy.append((start - APART, start + lasting + APART))
                return burst(count, start, lasting, self._chance)

    def _spread(self, low: float, high: float) -> float:
        return math.exp(self._chance.uniform(math.log(low), math.log(high)))
