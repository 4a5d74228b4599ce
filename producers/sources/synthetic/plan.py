"""Lays out every opened request of the example district's two years, to the exact totals of its report.

First the model estate, whose counts before and after its party branch are a figure; then what is planted; the
rest of each year's total is ordinary complaints, drawn over days and estates. So no total depends on a draw.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from producers.sources.synthetic.chance import Chance, Weighted, chance_of
from producers.sources.synthetic.district import district
from producers.sources.synthetic.governance import BRANCH_MODEL, BRANCH_MODEL_FOUNDED, QUIET_MODEL
from producers.sources.synthetic.grammar import problem_shares
from producers.sources.synthetic.openings import Crowd, Opening
from producers.sources.synthetic.rhythm import DayDraw, Period, day_weight, local_date, moment_of, year
from producers.sources.synthetic.surges import Planted, Planter
from producers.sources.synthetic.units import UnitRow

TOTALS: Final = {2020: 1908, 2021: 3540}
"""Requests opened about an estate, by local year: 79 an estate in 2021, 85.53% more than in 2020."""
UNPLACED: Final = {2020: 148, 2021: 262}
"""Requests that name no estate, beside those of a planted city-wide surge."""
RECORD: Final = Period(dt.date(2020, 1, 1), dt.date(2022, 1, 1))
GROWTH: Final = TOTALS[2021] / TOTALS[2020]
AGAIN: Final = 0.12
"""Share of ordinary complaints that repeat the writer's own of some days before."""
AGAIN_DAYS: Final = 2.0

BEFORE_BRANCH: Final = 100
AFTER_BRANCH: Final = 47
"""Requests at the model estate in the windows before and after its branch was founded: -53%."""
QUIET_SHARE: Final = 0.004
LARGEST_SHARE: Final = 0.10
SHARE_SPREAD: Final = 0.75
RISES: Final = 2
RISE_FACTOR: Final = (2.0, 3.0)
RISE_DAYS: Final = (90, 150)


@dataclass(frozen=True, slots=True)
class Rise:
    """An estate that is complained about more and more, and stays so: no surge."""

    estate: UnitRow
    first: dt.date
    days: int
    factor: float

    def at(self, day: dt.date) -> float:
        """Return what the rise multiplies the estate's complaints by on a day."""
        done = min(1.0, max(0.0, (day - self.first).days / self.days))
        return math.pow(self.factor, done)


@dataclass(frozen=True, slots=True)
class Plan:
    """All opened requests, in order of time, and what was planted among them."""

    openings: tuple[Opening, ...]
    planted: tuple[Planted, ...]
    rises: tuple[Rise, ...]


def model_windows() -> tuple[Period, Period]:
    """Return the days before and after the model estate's branch: as many as the record has on both sides."""
    founded = BRANCH_MODEL_FOUNDED
    days = min((founded - RECORD.first).days, (RECORD.end - founded).days, 365)
    span = dt.timedelta(days=days)
    return Period(founded - span, founded), Period(founded, founded + span)


def plan_openings(seed: int) -> Plan:
    """Return the opened requests of one seed."""
    return _Planner(seed).plan()


class _Planner:
    def __init__(self, seed: int) -> None:
        self._territory = district()
        self._estates = self._territory.delivered()
        self._by_name = {row.name: row for row in self._estates}
        self._chance = chance_of(seed, "openings")
        self._shares = _draw_shares(self._estates, chance_of(seed, "shares"))
        self._crowd = Crowd({**self._shares, "": 0.05}, chance_of(seed, "crowd"))
        self._problems = problem_shares()
        self._tastes = {row.id: self._taste(chance_of(seed, f"taste/{row.id}")) for row in self._estates}
        self._rises = self._draw_rises(chance_of(seed, "rises"))
        self._planter = Planter(
            self._territory, self._shares, TOTALS[2021] / 365, self._crowd, chance_of(seed, "surges")
        )

    def plan(self) -> Plan:
        model = self._by_name[BRANCH_MODEL]
        spared = [model.id, self._by_name[QUIET_MODEL].id, *(rise.estate.id for rise in self._rises)]
        planted = self._planter.plant(spared)
        fixed = [*self._model_openings(model), *(opening for each in planted for opening in each.openings)]
        ordinary = self._ordinary(fixed, model)
        unplaced = [opening for number in TOTALS for opening in self._unplaced(number)]
        openings = sorted([*fixed, *ordinary, *unplaced], key=lambda opening: opening.opened_at)
        return Plan(tuple(openings), tuple(planted), self._rises)

    def _taste(self, chance: Chance) -> Weighted:
        """Each estate has problems of its own: the district's mix, bent."""
        return Weighted([share * chance.gammavariate(2.0, 0.5) + 0.004 for share in self._problems.values()])

    def _draw_rises(self, chance: Chance) -> tuple[Rise, ...]:
        usual = [row for row in self._estates if 0.01 < self._shares[row.id] < 0.035]
        usual = [row for row in usual if row.name not in (BRANCH_MODEL, QUIET_MODEL)]
        return tuple(
            Rise(
                estate,
                dt.date(2021, 2, 1) + dt.timedelta(days=chance.randrange(120)),
                chance.randint(*RISE_DAYS),
                chance.uniform(*RISE_FACTOR),
            )
            for estate in chance.sample(usual, RISES)
        )

    def _model_openings(self, model: UnitRow) -> list[Opening]:
        before, after = model_windows()
        rest = Period(after.end, RECORD.end)
        counts = (
            (before, BEFORE_BRANCH),
            (after, AFTER_BRANCH),
            (rest, rest.days * AFTER_BRANCH // after.days),
        )
        openings: list[Opening] = []
        for period, count in counts:
            days = DayDraw(period.dates, 1.0).draw(self._chance, count)
            openings += [self._opening(model, day) for day in days]
        return openings

    def _ordinary(self, fixed: Iterable[Opening], model: UnitRow) -> list[Opening]:
        """Fill each year up to its total."""
        placed = Counter(local_date(o.opened_at).year for o in fixed if o.estate is not None)
        counts = {number: total - placed[number] for number, total in TOTALS.items()}
        growth = counts[2021] / counts[2020]
        others = [row for row in self._estates if row is not model]
        paces = {row.id: _drift(RECORD.days, self._chance) for row in others}
        openings: list[Opening] = []
        for number, count in counts.items():
            openings += self._year(year(number), count, growth, others, paces)
        return openings

    def _year(
        self,
        period: Period,
        count: int,
        growth: float,
        estates: Sequence[UnitRow],
        paces: Mapping[str, Sequence[float]],
    ) -> list[Opening]:
        cells = [(row, day) for row in estates for day in period.dates]
        weights = Weighted([self._weight(row, day, growth, paces[row.id]) for row, day in cells])
        again = round(count * AGAIN)
        openings = [self._opening(*cells[index]) for index in weights.draw(self._chance, count - again)]
        return openings + [self._once_more(openings, period) for _ in range(again)]

    def _weight(self, row: UnitRow, day: dt.date, growth: float, pace: Sequence[float]) -> float:
        weight = self._shares[row.id] * day_weight(day, growth) * pace[(day - RECORD.first).days]
        for rise in self._rises:
            weight *= rise.at(day) if rise.estate is row else 1.0
        return weight

    def _opening(self, estate: UnitRow, day: dt.date) -> Opening:
        problem = list(self._problems)[self._tastes[estate.id].draw(self._chance, 1)[0]]
        return Opening(estate, problem, self._crowd.anyone(estate.id), moment_of(day, self._chance))

    def _once_more(self, openings: Sequence[Opening], period: Period) -> Opening:
        """Somebody writes again some days later, within the same year."""
        while True:
            first = self._chance.choice(openings)
            days = math.ceil(self._chance.expovariate(1 / AGAIN_DAYS))
            day = local_date(first.opened_at) + dt.timedelta(days=days)
            if day < period.end:
                moment = moment_of(day, self._chance)
                return Opening(first.estate, first.problem, first.reporter, moment, is_again=True)

    def _unplaced(self, number: int) -> list[Opening]:
        days = DayDraw(year(number).dates, GROWTH).draw(self._chance, UNPLACED[number])
        return [Opening(None, "", self._crowd.anyone(""), moment_of(day, self._chance)) for day in days]


def _draw_shares(estates: Sequence[UnitRow], chance: Chance) -> dict[str, float]:
    """Return each estate's share of the ordinary complaints: larger estates more, and much by chance."""
    raw = {row.id: math.sqrt(row.households or 1) * chance.lognormvariate(0, SHARE_SPREAD) for row in estates}
    whole = sum(raw.values())
    shares = {unit: min(LARGEST_SHARE, weight / whole) for unit, weight in raw.items()}
    quiet = next(row.id for row in estates if row.name == QUIET_MODEL)
    return shares | {quiet: QUIET_SHARE}


def _drift(days: int, chance: Chance) -> list[float]:
    """Return an estate's own pace, day by day: a slow wander over weeks, and good and bad days."""
    level, paces = 0.0, []
    for day in range(days):
        if day % 7 == 0:
            level = 0.92 * level + chance.gauss(0, 0.2 * math.sqrt(1 - 0.92**2))
        paces.append(math.exp(level) * chance.gammavariate(6, 1 / 6))
    return paces
