"""What areas and the muting of estates add: `python -m tests.streams.surges.neighbours CITY [VARIANT ...]`.

CITY is a folder that ../shared/surge/simulate.py wrote. It has no areas, so its estates are put into
communities of 5, streets of 20 and districts of 100, and seeded waves are planted in the scored year: 10 to
40 requests of new reporters, by day, within 6 hours to 4 days, spread over the estates of one community or
street. Prints, for each variant, how many waves were told and when, and what was told beside them. Takes
minutes a variant.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path as File
from statistics import median
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np

from streams.contract import Level, Path, Surge
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.event_rows import TimeFormat, read_arrivals
from streams.surges.hours import DAY, HOUR
from streams.surges.replay import replay
from streams.surges.settings import DetectorSettings
from streams.surges.units import Unit
from tests.streams.surges.ablation import UTC, in_period, load_scorer
from tests.streams.surges.judged import Scored

SIZES: Final = {Level.COMMUNITY: 5, Level.STREET: 20, Level.DISTRICT: 100}
WAVES: Final = 60
BEGIN: Final = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
GRACE: Final = DAY
AFTER: Final = 14 * DAY
"""So long what is told within a wave's area is its aftermath, and neither true nor false."""
APART: Final = 20 * DAY
"""So long no other wave begins in the same district."""
AROUND_A_CITY_EVENT: Final = 5 * DAY
MORNING, EVENING = 8 * HOUR, 22 * HOUR


class Wave(NamedTuple):
    """Neighbours who rise together; s since 1970 UTC."""

    level: Level
    path: Path
    start: float
    seconds: list[float]
    """Of its requests."""


class Variant(NamedTuple):
    """One part left out."""

    settings: dict[str, Any] | MappingProxyType[str, Any] = MappingProxyType({})
    mutes: bool = True
    has_areas: bool = True


class Unmuted(Detector):
    """A detector that expects no more of estates in an area that surges."""

    def _lift(self, unit: Unit, now: int) -> float:
        return 1.0


VARIANTS: Final = {
    "all parts": Variant(),
    "no areas": Variant(has_areas=False),
    "estates in an open area are not muted": Variant(mutes=False),
    "an area may be one loud estate": Variant({"rest_threshold": 0.0}),
}


def placed(estate: str) -> Path:
    """Return an estate of the benchmark with the areas that it is put into."""
    number = int(estate[1:])
    return Path(estate, *(f"{level.value[0].upper()}{number // size}" for level, size in SIZES.items()))


def waves(seed: int, estates: int, calm: Callable[[float], bool]) -> list[Wave]:
    """Return waves in communities and streets by turns."""
    rng = np.random.default_rng(seed)
    found: list[Wave] = []
    while len(found) < WAVES:
        level = (Level.COMMUNITY, Level.STREET)[len(found) % 2]
        path = placed(f"E{int(rng.integers(estates)):05d}")
        start = BEGIN + int(rng.integers(5, 350)) * DAY + float(rng.uniform(MORNING, EVENING - 6 * HOUR))
        near = [each for each in found if each.path.district == path.district]
        if not calm(start) or any(abs(each.start - start) < APART for each in near):
            continue
        size = round(float(np.exp(rng.uniform(np.log(10), np.log(40)))))
        length = float(np.exp(rng.uniform(np.log(6 * HOUR), np.log(4 * DAY))))
        seconds: list[float] = []
        while len(seconds) < size:
            second = start + float(rng.random()) * length
            if MORNING <= second % DAY < EVENING:
                seconds.append(second)
        found.append(Wave(level, path, start, sorted(seconds)))
    return found


def requests(number: int, wave: Wave, seed: int) -> list[Arrival]:
    """Return a wave's requests, each of another reporter, at estates of its area drawn by turns."""
    rng = np.random.default_rng([seed, number])
    size = SIZES[wave.level]
    first = int(wave.path.estate[1:]) // size * size
    estates = [f"E{first + int(nth):05d}" for _ in range(20) for nth in rng.permutation(size)]
    return [
        Arrival(name, name, placed(estate), name, "", int(second * 1000), int(second * 1000) + 30_000)
        for nth, (second, estate) in enumerate(zip(wave.seconds, estates, strict=False))
        for name in [f"w{number}-{nth}"]
    ]


def told(variant: Variant, arrivals: Sequence[Arrival]) -> list[Surge]:
    """Return the surges of estates and areas as they opened in the scored year."""
    if not variant.has_areas:
        arrivals = [each._replace(path=Path(each.path.estate)) for each in arrivals]
    kind = Detector if variant.mutes else Unmuted
    detector = kind(DetectorSettings(**variant.settings), UTC)
    opened = (surge for surge in replay(arrivals, detector) if surge.revision == 1)
    return [each for each in opened if each.opened_at.timestamp() >= BEGIN]


def is_of(surge: Surge, wave: Wave, after: float) -> bool:
    """Return whether a surge opened in a wave's area, or in one around it, while it lasted."""
    level = wave.level
    if surge.level is Level.ESTATE:
        own = getattr(placed(surge.unit), level.value) == getattr(wave.path, level.value)
    else:
        of_wave = getattr(wave.path, surge.level.value)
        own = surge.unit == of_wave or getattr(surge.path, level.value) == getattr(wave.path, level.value)
    return own and wave.start <= surge.opened_at.timestamp() <= wave.seconds[-1] + after


def report(name: str, surges: Sequence[Surge], planted: Sequence[Wave], scorer: Any, truth: Any) -> None:
    """Print a line."""
    areas = [each for each in surges if each.level not in {Level.ESTATE, Level.CITY}]
    estates = [each for each in surges if each.level is Level.ESTATE]
    by_area = [[each for each in areas if is_of(each, wave, GRACE)] for wave in planted]
    by_any = [[each for each in (*areas, *estates) if is_of(each, wave, GRACE)] for wave in planted]
    seen = [
        sum(second <= min(each.opened_at.timestamp() for each in of) for second in wave.seconds)
        for wave, of in zip(planted, by_any, strict=True)
        if of
    ]
    children = sum(any(is_of(each, wave, AFTER) for wave in planted) for each in estates)
    beside = [each for each in areas if not any(is_of(each, wave, AFTER) for wave in planted)]
    rest = [
        Scored("*" if each.level is Level.CITY else each.unit, int(each.opened_at.timestamp()), each.score)
        for each in surges
        if each.level in {Level.ESTATE, Level.CITY} and not any(is_of(each, wave, AFTER) for wave in planted)
    ]
    by_areas, by_anything = (sum(map(bool, each)) for each in (by_area, by_any))
    print(
        f"{name:40} waves told {by_anything} of {len(planted)}, as an area {by_areas},",
        f"after {median(seen or [0])} requests; estates told within {children};",
        f"areas told beside {len(beside)};",
        scorer.line(scorer.score(truth, in_period(scorer, truth, rest))),
        flush=True,
    )


def main(arguments: Sequence[str]) -> None:
    """Print a line for each variant."""
    folder, *wanted = arguments
    scorer = load_scorer()
    truth = scorer.Truth(File(folder) / "truth.csv")
    with (File(folder) / "events.csv").open(encoding="utf-8", newline="") as file:
        usual = [
            each._replace(path=placed(each.path.estate))
            for each in read_arrivals(csv.reader(file), TimeFormat(UTC))
        ]
    origin = scorer.EPOCH.replace(tzinfo=UTC).timestamp()

    def calm(start: float) -> bool:
        at = start - origin
        return all(at < a - AROUND_A_CITY_EVENT or at > b + AROUND_A_CITY_EVENT for a, b in truth.city)

    planted = waves(truth.n, truth.n, calm)
    more = [each for number, wave in enumerate(planted) for each in requests(number, wave, truth.n)]
    arrivals = sorted([*usual, *more], key=lambda each: each.weighed)
    for name in wanted or VARIANTS:
        report(name, told(VARIANTS[name], arrivals), planted, scorer, truth)


if __name__ == "__main__":
    main(sys.argv[1:])
