"""The detector: minute by minute, which unit has more complaints than its history explains. Pure.

It composes the parts (clock, shares, voices, screen, scan, city watch) and keeps the order of things: first
the hours that passed are closed, then the minute's arrivals are remembered, then the units that they touched
are weighed, except those that the screen rules out.
Given the same minutes it returns the same surges, whatever order the arrivals of a minute come in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from streams.contract import Level, Surge
from streams.surges.areas import UnitKey, area_keys, carriers, score_without_loudest
from streams.surges.arrival import Arrival, Record
from streams.surges.city_clock import CityClock
from streams.surges.city_surge import CitySurge
from streams.surges.city_watch import CityWatch
from streams.surges.detector_state import DetectorCopy, DetectorHours, DetectorState
from streams.surges.episodes import Episode, begin_episode
from streams.surges.hours import DAY, HOUR, LocalHours
from streams.surges.moments import key_of
from streams.surges.remembered import records_of
from streams.surges.routes import Routes
from streams.surges.scan import Scanner
from streams.surges.scan_window import Window
from streams.surges.screen import MOST_OF_THE_CITY, Screen, Touches
from streams.surges.seen import SeenEvents
from streams.surges.settings import DetectorSettings
from streams.surges.shares import Shares
from streams.surges.silence import Silence, silences
from streams.surges.stretches import MINUTE, Minute, stretches
from streams.surges.units import Unit
from streams.surges.voices import Voices

__all__ = ["Arrival", "Detector", "DetectorSettings"]

METHOD = "5"
"""Rises whenever the same settings may give other surges."""
SWEEP_DAYS = 7
"""Each unit's old requests are dropped once in so many days."""
VOICE_SWEEP_DAYS = 30
"""The same for reporters: a longer memory, so more costly to go through."""
HOURS_KEPT = 24 * 70


class Detector:
    """Weighs the minutes of one city in ascending order; skipped minutes count as empty ones.

    Args:
        settings: what counts as a surge.
        zone: the zone whose hours, weekdays and days the residents live by.
    """

    def __init__(self, settings: DetectorSettings, zone: ZoneInfo) -> None:
        self.version = f"{METHOD}-{settings.digest()}"
        """Names the method and its settings: equal versions find equal surges."""
        self._settings = settings
        self._hours = LocalHours(zone)
        self._seen = SeenEvents(settings.memory_days)
        self._shares = Shares(settings)
        self._voices = Voices(settings.window_days + 2)
        self._units = Routes(self._shares, self._voices)
        self._open: dict[UnitKey, Unit] = {}
        self._begin: int | None = None

    def weigh(self, minute: int, arrivals: Sequence[Arrival]) -> list[Surge]:
        """Return the surges that this minute opens, revises or clears.

        Clearings that fell due in skipped minutes come out first, dated when they fell due.

        Args:
            minute: its start, s since 1970 UTC; ascending from call to call.
            arrivals: the requests that are weighed in it, in any order.
        """
        return list(self.weigh_all([(minute, arrivals)]))

    def weigh_all(self, minutes: Iterable[tuple[int, Sequence[Arrival]]]) -> Iterator[Surge]:
        """Yield what `weigh` returns for each of these minutes; many at once cost less an event."""
        for stretch in stretches(minutes):
            yield from self._weigh_stretch(stretch)

    def _weigh_stretch(self, stretch: list[Minute]) -> list[Surge]:
        if self._begin is None:
            first = next((minute for minute in stretch if minute.arrivals), None)
            if first is None:
                return []
            self._start_at(first.start // HOUR)
        surges = self._pass_hours(stretch[0].start // HOUR)
        is_warm = self._clock.active_days >= self._settings.warmup_days
        known = len(self._units)
        suspects = self._suspects(stretch) if is_warm else {}
        for minute in stretch:
            touched = self._remember(minute)
            if is_warm:
                if touched:
                    surges += self._city.weigh(next(reversed(touched.values())), minute.start + MINUTE)
                surges += self._weigh_units(touched, minute, suspects.get(minute.start, ()), known)
        return surges

    def open_surges(self) -> dict[Level, int]:
        """Return how many surges are open at each level."""
        counts = Counter(level for level, _ in self._open)
        counts[Level.CITY] = int(self._begin is not None and self._city.episode is not None)
        return {level: counts[level] for level in Level}

    def silences(self, now: float) -> list[Silence]:
        """Return the busy units that have sent nothing for longer than chance explains."""
        if self._begin is None or self._clock.active_days < self._settings.warmup_days:
            return []
        threshold, days = self._settings.threshold, self._settings.window_days
        units, usual = self._units.units, self._clock.per_day
        return list(silences(units, self._scanner, usual, now, threshold, days))

    def copy(self) -> DetectorCopy | None:
        """Return a copy of all that it knows, to make the state of in another thread; None: nothing yet."""
        if self._begin is None:
            return None
        return DetectorCopy(
            self._settings.threshold,
            DetectorHours(self._begin, self._hour, self._today_begins),
            [unit.number for unit in self._open.values()],
            self._clock.state(),
            self._shares.state(),
            self._voices.state(self._shares.estates),
            self._city.state(),
            self._seen.moments.copy(),
            self._units.copy(),
            self._city.watch.records(),
        )

    def restore(self, state: DetectorState) -> None:
        """Know this; for a detector that has weighed nothing, of the version and zone of the one copied."""
        self._start_at(state.hours.begin)
        self._hour, self._today_begins = state.hours.hour, state.hours.today_begins
        self._clock.restore(state.clock)
        self._shares.restore(state.shares)
        self._voices.restore(state.voices)
        self._city.restore(state.city)
        self._seen.moments.restore(state.seen)
        *records, of_city = records_of(state.records)
        self._units.restore(state.units, records)
        self._city.watch.restore(of_city)
        opened = (self._units.units[number] for number in state.open)
        self._open = {(unit.level, unit.name): unit for unit in opened}
        self._forget_moments()

    def _start_at(self, hour: int) -> None:
        self._begin = self._hour = hour
        self._clock = CityClock(self._hour, self._hours)
        self._scanner = Scanner(self._settings, self._clock, self._shares, self._voices)
        self._city = CitySurge(CityWatch(self._settings, self._clock), self.version)
        self._screen = Screen(self._settings, self._clock, self._shares, self._voices, self._units.times)
        self._today_begins = self._hour
        while self._hours.at(self._today_begins - 1).day == self._hours.at(self._hour).day:
            self._today_begins -= 1

    # --- what time alone does ---

    def _pass_hours(self, hour: int) -> list[Surge]:
        surges: list[Surge] = []
        while self._hour < hour:
            before = self._hours.at(self._hour).day
            self._hour += 1
            self._clock.reach(self._hour)
            today = self._hours.at(self._hour).day
            if today != before:
                self._close_day(today)
            surges += self._clear_usual(self._hour * HOUR)
        return surges

    def _close_day(self, today: int) -> None:
        now = self._hour * HOUR
        self._today_begins = self._hour
        surging = {unit.index for unit in self._open.values() if unit.level is Level.ESTATE}
        self._clock.close_day(self._hour)
        self._shares.close_day(today, surging)
        self._voices.close_day(today, self._shares.estates, surging)
        self._forget_moments()
        self._hours.forget_before(self._hour - HOURS_KEPT)
        settings = self._settings
        self._sweep(self._units.estates, today, now, settings.voice_days)
        self._sweep(self._units.areas, today, now, settings.window_days)

    def _forget_moments(self) -> None:
        """Forget, as of the day's begin, the ids and reporters that cannot matter any more."""
        settings, now = self._settings, self._today_begins * HOUR
        self._seen.forget(now)
        for heard, days in ((True, settings.voice_days), (False, settings.window_days)):
            # By then every unit has had its turn; and the latest of late events is remembered at all.
            kept = max(days + VOICE_SWEEP_DAYS + 2, settings.memory_days)
            self._units.heard[heard].keep_since = now - kept * DAY

    def _sweep(self, units: Sequence[Unit], today: int, now: int, heard_days: int) -> None:
        """Let the units whose turn it is forget what no window reaches any more."""
        for unit in units[-today % SWEEP_DAYS :: SWEEP_DAYS]:
            unit.forget(now - self._settings.window_days * DAY)
        for unit in units[-today % VOICE_SWEEP_DAYS :: VOICE_SWEEP_DAYS]:
            unit.forget_voices(now - heard_days * DAY)

    def _clear_usual(self, now: int) -> list[Surge]:
        surges = []
        for key, unit in list(self._open.items()):
            if unit.episode is not None and self._may_clear(unit, unit.episode, now):
                surges.append(self._tell(unit, unit.episode, now, cleared=True))
                unit.episode, unit.cleared_at = None, now
                del self._open[key]
        return surges + self._city.pass_hour(now)

    def _may_clear(self, unit: Unit, episode: Episode, now: int) -> bool:
        """Return whether a surge is over; an hour's burst is not before a day has passed without more."""
        return now - episode.opened_at >= DAY and self._scanner.is_usual(unit, now)

    # --- what arrivals do ---

    def _remember(self, minute: Minute) -> dict[Unit, str]:
        """Take the minute's arrivals in; return the units they touched, each with its last new event."""
        touched: dict[Unit, str] = {}
        for arrival, second in zip(minute.arrivals, minute.seconds, strict=True):
            if self._seen.is_news(arrival.event_id, second, minute.start):
                for unit in self._take(arrival, second):
                    touched[unit] = arrival.event_id
        return touched

    def _take(self, arrival: Arrival, second: float) -> list[Unit]:
        """Remember an event at its units; return those where it is more than a reporter's repeat."""
        known = len(self._units)
        estate, areas, is_placed, _ = self._units.of(arrival.path)
        self._city.name(arrival.path.city)
        distinct = self._settings.window_days * DAY
        record = Record(second, arrival.event_id, True, arrival)
        voice = key_of(arrival.reporter) if arrival.reporter else 0
        counts, is_new = estate.take(record, voice, distinct)
        raised = [area for area in areas if area.take(record, voice, distinct)[0]]
        if counts:
            if self._clock.add(second, arrival.source):
                self._city.watch.add(record)
            if second >= self._today_begins * HOUR:
                self._shares.add(estate.index, is_first=estate.number >= known)
                self._voices.add(estate.index, is_new=is_new)
            return [estate, *raised] if is_placed else raised
        return raised

    # --- what is weighed ---

    def _suspects(self, stretch: list[Minute]) -> dict[int, set[int]]:
        """Return, by minute, the numbers of the known units that the screen does not rule out."""
        touches = Touches()
        for minute in stretch:
            for arrival, second in zip(minute.arrivals, minute.seconds, strict=True):
                touches.add(self._units.known(arrival.path), second, minute.start)
        return self._screen.suspects(touches, self._units.units)

    def _weigh_units(
        self, touched: dict[Unit, str], minute: Minute, suspects: Container[int], known: int
    ) -> list[Surge]:
        """Weigh the touched units with a surge open, under suspicion, or made since the screen looked."""
        surges: list[Surge] = []
        for unit, event_id in touched.items():
            if unit.episode is not None or unit.number in suspects or unit.number >= known:
                surges += self._weigh_unit(unit, event_id, minute.start + MINUTE)
            else:
                unit.last_score = float("-inf")
        return surges

    def _weigh_unit(self, unit: Unit, event_id: str, now: int) -> list[Surge]:
        if unit.episode is not None:
            is_news = unit.episode.is_news(unit.sent(unit.episode.window_start))
            return [self._tell(unit, unit.episode, now)] if is_news else []
        best = self._scanner.best(unit, now, self._lift(unit, now))
        before, unit.last_score = unit.last_score, best.score if best else float("-inf")
        if best is None or best.score < max(self._settings.threshold, before):
            return []
        if unit.level is not Level.ESTATE and not self._is_areas_own(unit, best):
            return []
        unit.episode = begin_episode(unit.level, unit.name, unit.path, event_id, best, self.version)
        self._open[unit.level, unit.name] = unit
        return [self._tell(unit, unit.episode, now)]

    def _lift(self, unit: Unit, now: int) -> float:
        """Return by what factor an open surge around the unit has risen: that much is not the unit's own."""
        lift = 1.0
        for key in area_keys(unit.path):
            area = self._units[key]
            if area is not unit and area.episode is not None:
                window = self._scanner.window_since(area, area.episode.window_start, now)
                lift = max(lift, window.observed / window.expected.mean)
        return lift

    def _is_areas_own(self, area: Unit, window: Window) -> bool:
        if self._city.episode is not None or self._scanner.share(area) > MOST_OF_THE_CITY:
            return False
        rest = score_without_loudest(area, window, self._scanner, self._units)
        return rest >= self._settings.rest_threshold

    def _tell(self, unit: Unit, episode: Episode, now: int, *, cleared: bool = False) -> Surge:
        window = self._scanner.window_since(unit, episode.window_start, now)
        records = unit.since(window.start)
        children = () if unit.level is Level.ESTATE else carriers(records)
        return episode.tell(window, records, now, children=children, cleared=cleared)
