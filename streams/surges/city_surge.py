"""The city's own surge: opened by the watch of the city, and told like any other. Pure."""

from __future__ import annotations

import dataclasses

import msgspec

from streams.contract import Level, Path, Surge
from streams.surges.areas import carriers
from streams.surges.city_watch import CityWatch
from streams.surges.episodes import Episode, begin_episode
from streams.surges.hours import DAY

WHOLE_CITY = "*"
"""Name of the city where the events name none."""
WEIGHED_SECONDS = 300
"""The city is weighed at the first arrival in each such stretch."""


class CityState(msgspec.Struct, frozen=True):
    """What is known of the city's surge, as plain data."""

    name: str
    weighed: int
    episode: Episode | None


class CitySurge:
    """The episode of the city while one is open, and what decides of it."""

    def __init__(self, watch: CityWatch, version: str) -> None:
        """Take the watch and the detector's version."""
        self.watch = watch
        self._version = version
        self._name = WHOLE_CITY
        self._weighed = 0
        self.episode: Episode | None = None

    def name(self, name: str) -> None:
        """Call the city by the name that an event has for it, if it has one."""
        self._name = name or self._name

    def state(self) -> CityState:
        """Return what is known, but for what the watch remembers."""
        episode = self.episode and dataclasses.replace(self.episode)
        return CityState(self._name, self._weighed, episode)

    def restore(self, state: CityState) -> None:
        """Know this, and nothing else."""
        self._name, self._weighed = state.name, state.weighed
        self.episode = state.episode and dataclasses.replace(state.episode)

    def weigh(self, last_event: str, now: int) -> list[Surge]:
        """Return what requests change that came until now, of which this was the last."""
        episode = self.episode
        if episode is not None:
            return (
                [self._tell(episode, now)] if episode.is_news(self.watch.sent(episode.window_start)) else []
            )
        best = self.watch.best(now) if now // WEIGHED_SECONDS > self._weighed else None
        self._weighed = now // WEIGHED_SECONDS
        if best is None:
            return []
        path = Path(estate="", city=self._name)
        self.episode = begin_episode(Level.CITY, self._name, path, last_event, best, self._version)
        return [self._tell(self.episode, now)]

    def pass_hour(self, now: int) -> list[Surge]:
        """Return the clearing that falls due as an hour begins, and forget what no window reaches."""
        episode = self.episode
        self.watch.forget(min(now - DAY, episode.window_start if episode else now))
        if episode is None or not self.watch.is_usual(now):
            return []
        self.episode = None
        return [self._tell(episode, now, cleared=True)]

    def _tell(self, episode: Episode, now: int, *, cleared: bool = False) -> Surge:
        window = self.watch.window_since(episode.window_start, now)
        records = self.watch.since(window.start)
        return episode.tell(window, records, now, children=carriers(records), cleared=cleared)
