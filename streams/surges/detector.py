"""The detector: minute by minute, which unit has more complaints than its history explains. Pure.

It composes the parts (clock, shares, scan, city watch) and keeps the order of things: first the hours that
passed are closed, then the minute's arrivals are remembered, then every unit that they touched is weighed.
Given the same minutes it returns the same surges, whatever order the arrivals of a minute come in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from streams.contract import UNPLACED, Level, Path, Surge
from streams.surges.areas import UnitKey, carriers, is_carried_by_several
from streams.surges.arrival import Arrival, Record
from streams.surges.city_clock import CityClock
from streams.surges.city_watch import CityWatch
from streams.surges.episodes import Episode, Evidence
from streams.surges.hours import DAY, HOUR, LocalHours
from streams.surges.scan import Scanner, Window
from streams.surges.seen import SeenEvents
from streams.surges.settings import DetectorSettings
from streams.surges.shares import Shares
from streams.surges.units import Unit

__all__ = ["Arrival", "Detector", "DetectorSettings"]

METHOD = "1"
"""Rises whenever the same settings may give other surges."""
MINUTE = 60
WHOLE_CITY = "*"
"""Name of the city where the events name none."""
SWEEP_DAYS = 7
"""Each unit's old requests are dropped once in so many days."""
AREAS = (Level.COMMUNITY, Level.STREET, Level.DISTRICT)


class Detector:
    """Weighs the minutes of one city in ascending order; skipped minutes count as empty ones."""

    def __init__(self, settings: DetectorSettings, zone: ZoneInfo) -> None:
        self.version = f"{METHOD}-{settings.digest()}"
        self._settings = settings
        self._hours = LocalHours(zone)
        self._seen = SeenEvents(settings.memory_days)
        self._shares = Shares(settings)
        self._units: dict[UnitKey, Unit] = {}
        self._open: dict[UnitKey, Unit] = {}
        self._first_hour: int | None = None
        self._hour = 0
        self._clock: CityClock
        self._scanner: Scanner
        self._city: CityWatch
        self._city_name = WHOLE_CITY
        self._city_episode: Episode | None = None

    def weigh(self, minute: int, arrivals: Sequence[Arrival]) -> list[Surge]:
        """Return the surges that this minute (its start, s since 1970 UTC) opens, revises or clears.

        Clearings that fell due in skipped minutes come out first, dated when they fell due.
        """
        if self._first_hour is None:
            if not arrivals:
                return []
            self._start(minute // HOUR)
        surges = self._pass_hours(minute // HOUR)
        touched = self._remember(minute, arrivals)
        now = minute + MINUTE
        if self._is_warm(minute):
            surges += self._weigh_city(now, touched)
            for unit in touched:
                surges += self._weigh_unit(unit, now, touched[unit])
        return surges

    def open_surges(self) -> dict[Level, int]:
        """Return how many surges are open at each level."""
        counts = Counter(level for level, _ in self._open)
        counts[Level.CITY] = int(self._city_episode is not None)
        return {level: counts[level] for level in Level}

    def _start(self, hour: int) -> None:
        self._first_hour = self._hour = hour
        self._clock = CityClock(hour, self._hours)
        self._scanner = Scanner(self._settings, self._clock, self._shares, self._hours)
        self._city = CityWatch(self._settings, self._clock)

    def _is_warm(self, minute: int) -> bool:
        assert self._first_hour is not None  # noqa: S101  # weigh() starts the clock
        return minute - self._first_hour * HOUR >= self._settings.warmup_days * DAY

    # --- what time alone does ---

    def _pass_hours(self, hour: int) -> list[Surge]:
        surges: list[Surge] = []
        while self._hour < hour:
            before, self._hour = self._hours.at(self._hour).day, self._hour + 1
            today = self._hours.at(self._hour).day
            if today != before:
                self._close_day(today)
            self._clock.reach(self._hour)
            surges += self._clear_usual(self._hour * HOUR)
        return surges

    def _close_day(self, today: int) -> None:
        now = self._hour * HOUR
        self._clock.close_day(self._hour)
        self._shares.close_day(today, [u.index for u in self._open.values()])
        self._seen.forget(now)
        self._hours.forget_before(self._hour - 24 * 70)
        window = self._settings.window_days * DAY
        for unit in self._units.values():
            if unit.index % SWEEP_DAYS == today % SWEEP_DAYS and not unit.is_idle():
                unit.forget_before(now - window, window)

    def _clear_usual(self, now: int) -> list[Surge]:
        surges = []
        for key, unit in list(self._open.items()):
            if self._scanner.is_usual(unit, now):
                surges.append(self._tell(unit, now, cleared=True))
                unit.episode, unit.cleared_at = None, now
                del self._open[key]
        if self._city_episode is not None:
            self._city.forget_before(min(now - DAY, self._city_episode.window_start))
            if self._city.is_usual(now):
                surges.append(self._tell_city(self._city_episode, now, [], cleared=True))
                self._city_episode = None
        else:
            self._city.forget_before(now - DAY)
        return surges

    # --- what arrivals do ---

    def _remember(self, minute: int, arrivals: Iterable[Arrival]) -> dict[Unit, str]:
        """Take the minute's arrivals in; return the units they touched, each with its last new event."""
        touched: dict[Unit, str] = {}
        for arrival in sorted(arrivals, key=lambda arrival: (arrival.occurred, arrival.event_id)):
            second = min(arrival.occurred, minute * 1000 + MINUTE * 1000 - 1) / 1000
            if self._seen.is_news(arrival.event_id, second, minute):
                for unit in self._take(arrival, second, minute):
                    touched[unit] = arrival.event_id
        return touched

    def _take(self, arrival: Arrival, second: float, minute: int) -> Iterable[Unit]:
        """Remember an event at its units; yield those where it is more than a repeat."""
        path = arrival.path
        distinct = self._settings.window_days * DAY
        estate = self._unit(Level.ESTATE, path.estate or UNPLACED, path, second)
        if path.city:
            self._city_name = path.city
        day = self._hours.at(int(second // HOUR)).day
        young = self._hours.at(self._hour).day == day
        if estate.take(arrival, second, distinct):
            self._clock.add(second)
            self._city.add(second, estate.name)
            if young:
                self._shares.add(estate.index)
            if estate.name != UNPLACED:
                yield estate
        for level, name in zip(AREAS, (path.community, path.street, path.district), strict=True):
            if name:
                area = self._unit(level, name, path, second)
                if area.take(arrival, second, distinct):
                    yield area

    def _unit(self, level: Level, name: str, path: Path, second: float) -> Unit:
        unit = self._units.get((level, name))
        if unit is None:
            index = self._shares.enroll()
            unit = Unit(name, level, _path_above(level, path), index, second)
            self._units[level, name] = unit
        return unit

    # --- what is weighed ---

    def _weigh_unit(self, unit: Unit, now: int, event_id: str) -> list[Surge]:
        if unit.episode is not None:
            return [self._tell(unit, now)]
        best = self._scanner.best(unit, now)
        before, unit.last_score = unit.last_score, best.score if best else float("-inf")
        if best is None or best.score < max(self._settings.threshold, before):
            return []
        if unit.level is not Level.ESTATE and not is_carried_by_several(
            unit, best, self._scanner, self._units
        ):
            return []
        surge_id = f"{unit.level}:{unit.name}:{event_id}"
        unit.episode = Episode(
            surge_id, unit.name, unit.level, unit.path, now, best.start, best.score, version=self.version
        )
        self._open[unit.level, unit.name] = unit
        return [self._tell(unit, now)]

    def _tell(self, unit: Unit, now: int, *, cleared: bool = False) -> Surge:
        episode = unit.episode
        assert episode is not None  # noqa: S101  # told only while open
        window = self._scanner.window_since(unit, episode.window_start, now)
        records = list(unit.since(window.start))
        children = () if unit.level is Level.ESTATE else tuple(sorted(carriers(unit, window.start)))
        return episode.tell(_evidence(window, records, children), now, cleared=cleared)

    def _weigh_city(self, now: int, touched: dict[Unit, str]) -> list[Surge]:
        estates = [(unit, event) for unit, event in touched.items() if unit.level is Level.ESTATE]
        if not estates:
            return []
        if self._city_episode is not None:
            return [self._tell_city(self._city_episode, now, [])]
        best = self._city.best(now)
        if best is None:
            return []
        surge_id = f"{Level.CITY}:{self._city_name}:{estates[-1][1]}"
        self._city_episode = Episode(
            surge_id,
            self._city_name,
            Level.CITY,
            Path(estate="", city=self._city_name),
            now,
            best.start,
            best.score,
            version=self.version,
        )
        return [self._tell_city(self._city_episode, now, [])]

    def _tell_city(self, episode: Episode, now: int, records: list[Record], *, cleared: bool = False) -> Surge:
        window = self._city.window_since(episode.window_start, now)
        return episode.tell(_evidence(window, records, ()), now, cleared=cleared)


def _path_above(level: Level, path: Path) -> Path:
    below = list(Level)[: list(Level).index(level)]
    return Path(**{name: "" if name in below else getattr(path, name) for name in Level})


def _evidence(window: Window, records: list[Record], children: tuple[str, ...]) -> Evidence:
    return Evidence(
        start=window.start,
        end=window.end,
        observed=window.observed,
        mean=window.expected.mean,
        size=window.expected.size,
        score=window.score,
        reporters=sum(record.counted for record in records),
        requests=len(records),
        categories=dict(sorted(Counter(r.problem_type for r in records if r.problem_type).items())),
        request_ids=tuple(sorted({record.request_id for record in records})),
        children=children,
    )
