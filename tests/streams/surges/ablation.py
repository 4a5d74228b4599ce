"""What each part of the detector adds: `python -m tests.streams.surges.ablation CITY [PART ...]`.

CITY is a folder that ../shared/surge/simulate.py wrote. Each variant is told as the stream would tell it, and
held against the same false alerts a 1,000 estate-days, "after a surge" left out, as all scores count there
and not episodes alone. The benchmark has neither texts nor categories: two variants give it categories,
seeded, under assumptions that favour them (ONE_MATTER). The last ones disturb the city in the middle of the
scored year. Takes one to three minutes a variant and city of 1,000 estates.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from math import log10
from pathlib import Path as File
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np

from streams.contract import Level, Path
from streams.surges import scan
from streams.surges.arrival import Arrival, Record
from streams.surges.event_rows import TimeFormat, read_arrivals
from streams.surges.replay import replay
from streams.surges.settings import DetectorSettings
from tests.streams.estates.labels import SHARED
from tests.streams.surges.judged import WINDOWS_S, JudgedDetector, Parts, Scored
from tests.streams.surges.same_matter import by_categories

UTC: Final = ZoneInfo("UTC")
FLOOR: Final = 4.0
FIGURES: Final = ("POD", "early", "FA", "PPV", "delay_h", "seen", "cityFA")
BUDGETS: Final = (0.045, 0.03, 0.015)
CATEGORIES: Final = dict(zip("abcdefgh", (0.25, 0.20, 0.15, 0.12, 0.10, 0.08, 0.06, 0.04), strict=True))
OWN_MIX: Final = 8.0
"""Concentration of the Dirichlet that an estate's usual categories are drawn from."""
ONE_MATTER: Final = 0.75
"""Part of a planted surge's requests that are of one category."""
PLANTED: Final = re.compile(r"-s\d+-\d+$")
"""How the simulator names those who carry a surge; a detector never looks at this."""
DAY_MS: Final = 86_400_000
MIDDLE: Final = int(datetime(2025, 7, 1, tzinfo=UTC).timestamp() * 1000)

Change = Callable[[list[Arrival]], list[Arrival]]


class Variant(NamedTuple):
    """One part exchanged or left out."""

    settings: Mapping[str, Any] = MappingProxyType({})
    parts: Parts = Parts()
    change: Change = list
    deviations: float = scan.CITY_EVENT_DEVIATIONS
    also_by_category: bool = False
    zone: ZoneInfo = UTC


def unnamed(arrivals: list[Arrival]) -> list[Arrival]:
    """Return requests whose reporters nobody knows."""
    return [arrival._replace(reporter="") for arrival in arrivals]


def by_arrival(arrivals: list[Arrival]) -> list[Arrival]:
    """Return requests that seem to have occurred when they arrived."""
    return [arrival._replace(occurred=arrival.weighed) for arrival in arrivals]


def categorised(arrivals: list[Arrival]) -> list[Arrival]:
    """Return requests with categories: an estate's own mix, and mostly one in each planted surge."""
    rng = np.random.default_rng(5)
    names, usual = [*CATEGORIES], np.array([*CATEGORIES.values()])
    mixes: dict[str, Any] = {}
    matters: dict[str, str] = {}
    drawn: dict[str, str] = {}
    for arrival in arrivals:
        if arrival.event_id in drawn:
            continue
        estate = arrival.path.estate
        if estate not in mixes:
            mixes[estate] = rng.dirichlet(OWN_MIX * usual)
        surge = PLANTED.search(arrival.reporter) and arrival.reporter.rpartition("-")[0]
        if surge and rng.random() < ONE_MATTER:
            matters.setdefault(surge, str(rng.choice(names, p=mixes[estate])))
            drawn[arrival.event_id] = matters[surge]
        else:
            drawn[arrival.event_id] = str(rng.choice(names, p=mixes[estate]))
    return [arrival._replace(problem_type=drawn[arrival.event_id]) for arrival in arrivals]


def doubled(arrivals: list[Arrival]) -> list[Arrival]:
    """Return a city whose second source, as busy as the first, is switched on in the scored year."""
    return [each for each in of_two_sources(arrivals) if each.occurred >= MIDDLE or each.source == "first"]


def doubled_unnamed(arrivals: list[Arrival]) -> list[Arrival]:
    """Return the same city without the sources' names."""
    return [each._replace(source="") for each in doubled(arrivals)]


def of_two_sources(arrivals: list[Arrival]) -> list[Arrival]:
    """Return requests as if two sources, equally busy, had sent them."""
    return [
        each._replace(source="first" if crc32(each.event_id.encode()) % 2 else "second") for each in arrivals
    ]


def a_day_off(arrivals: list[Arrival]) -> list[Arrival]:
    """Return a city in which one source in ten is a day slow for a month, and another a day fast."""
    shift = {0: -DAY_MS, 1: DAY_MS}
    return [
        each._replace(occurred=each.occurred + shift.get(crc32(each.event_id.encode()) % 10, 0))
        if MIDDLE <= each.weighed < MIDDLE + 30 * DAY_MS
        else each
        for each in arrivals
    ]


def silent(arrivals: list[Arrival]) -> list[Arrival]:
    """Return a city whose one source of two sends nothing for five days, nor later what it then held."""
    return silent_for(arrivals, 5)


def long_silent(arrivals: list[Arrival]) -> list[Arrival]:
    """Return the same city with three weeks of silence."""
    return silent_for(arrivals, 21)


def silent_for(arrivals: list[Arrival], days: int) -> list[Arrival]:
    """Return a city of two sources, of which one sends nothing for so many days."""
    return [
        each
        for each in of_two_sources(arrivals)
        if each.source == "first" or not MIDDLE <= each.occurred < MIDDLE + days * DAY_MS
    ]


def judge_categories(records: Sequence[Record]) -> float:
    """Return what a window's categories say."""
    return by_categories((record.arrival.problem_type for record in records), CATEGORIES)


VARIANTS: Final = {
    "full": Variant(),
    "reporters not told apart": Variant(change=unnamed),
    "no new voices": Variant({"voice_days": 14}),
    "no city factor": Variant({"city_weight": 1e9}, deviations=1e9),
    "no city event": Variant(deviations=1e9),
    "time of arrival": Variant(change=by_arrival),
    "fixed windows": Variant(parts=Parts(windows_s=WINDOWS_S)),
    "falling scores open too": Variant(parts=Parts(may_fall=True)),
    "slow filter alone": Variant({"drift_per_day": (0.008,), "drift_odds": (1.0,)}),
    "fast filter alone": Variant({"drift_per_day": (0.037,), "drift_odds": (1.0,)}),
    "surges teach the filter": Variant({"surge_day": 0.0}),
    "Poisson days": Variant({"day_variance": 1e-6, "share_variance": 0.0}),
    "with categories' ratio": Variant(parts=Parts(judge=judge_categories), change=categorised),
    "with a unit for each category": Variant(change=categorised, also_by_category=True),
    "volume doubles overnight": Variant(change=doubled),
    "volume doubles overnight, sources not named": Variant(change=doubled_unnamed),
    "sources a day off": Variant(change=a_day_off),
    "half of the city silent": Variant(change=silent),
    "half of the city silent for three weeks": Variant(change=long_silent),
    "life moves by an hour twice a year": Variant(zone=ZoneInfo("Europe/Berlin")),
}


def main(arguments: Sequence[str]) -> None:
    """Print a line for each variant."""
    folder, *wanted = arguments
    scorer = load_scorer()
    truth = scorer.Truth(File(folder) / "truth.csv")
    with (File(folder) / "events.csv").open(encoding="utf-8", newline="") as file:
        arrivals = list(read_arrivals(csv.reader(file), TimeFormat(UTC)))
    for name in wanted or VARIANTS:
        told, scored = run(VARIANTS[name], arrivals)
        print_figures(f"{name}: as told", scorer.score(truth, in_period(scorer, truth, told)))
        alerts = in_period(scorer, truth, scored)
        for budget in BUDGETS:
            threshold, found = at_budget(scorer, truth, alerts, budget)
            print_figures(f"{name}: FA {budget:.3f} at {threshold:.2f}", found)


def print_figures(name: str, found: dict[str, Any]) -> None:
    """Print a line."""
    print(f"{name:45}", *(f"{key} {found[key]:.3f}" for key in FIGURES), found["why"], flush=True)


def run(variant: Variant, arrivals: list[Arrival]) -> tuple[list[Scored], list[Scored]]:
    """Return the estates' surges as they opened, and all their scores from FLOOR up."""
    scan.CITY_EVENT_DEVIATIONS = variant.deviations
    changed = variant.change(arrivals)
    told, scored = weighed(variant, changed)
    if variant.also_by_category:
        apart = [each._replace(path=Path(f"{each.path.estate}/{each.problem_type}")) for each in changed]
        for found, more in zip((told, scored), weighed(variant, apart), strict=True):
            # So many more units may alarm by chance.
            found += [
                (each._replace(unit=each.unit.partition("/")[0], score=each.score - log10(len(CATEGORIES))))
                for each in more
            ]
    return told, scored


def weighed(variant: Variant, arrivals: list[Arrival]) -> tuple[list[Scored], list[Scored]]:
    """Return the same for what the variant's detector makes of requests."""
    detector = JudgedDetector(DetectorSettings(**variant.settings), variant.zone, variant.parts, FLOOR)
    told = [
        Scored(
            surge.unit if surge.level is Level.ESTATE else "*", int(surge.opened_at.timestamp()), surge.score
        )
        for surge in replay(arrivals, detector)
        if surge.revision == 1
    ]
    return told, detector.scored


def in_period(scorer: Any, truth: Any, scores: Iterable[Scored]) -> dict[str, list[tuple[float, float]]]:
    """Return scores by unit as the scorer has them."""
    alerts: dict[str, list[tuple[float, float]]] = {}
    for unit, second, score in sorted(scores, key=lambda each: each.second):
        at = scorer.sec(datetime.fromtimestamp(second, UTC).isoformat())
        if truth.a <= at < truth.b + scorer.GRACE:
            alerts.setdefault(unit, []).append((at, score))
    return alerts


def at_budget(scorer: Any, truth: Any, alerts: dict[str, Any], budget: float) -> tuple[float, dict[str, Any]]:
    """Return the lowest threshold within the budget of false alerts, and what is found there."""
    values = sorted({score for rows in alerts.values() for _, score in rows})
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        found = scorer.score(truth, alerts, values[middle])
        false = found["false"] - found["why"].get("after", 0)
        if false * 1000 / (truth.n * truth.days) > budget:
            low = middle + 1
        else:
            high = middle
    return values[low], scorer.score(truth, alerts, values[low])


def load_scorer() -> Any:
    """Return the benchmark's scorer."""
    spec = importlib.util.spec_from_file_location("score", SHARED / "surge" / "score.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(sys.argv[1:])
