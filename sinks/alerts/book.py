"""The alerter's memory: which surges are open, which were over a moment ago, and what of them is to be told.

Pure: a function of the revisions that it was given, of when each was published, and of the clock. Whoever
holds it may drop it and build it anew from the log of surges.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from streams.contract import Level, Surge, SurgeState

Published = tuple[Surge, dt.datetime]
"""A revision, and when it was published (wall clock, aware)."""


@dataclass(slots=True)
class Entry:
    """One surge."""

    surge: Surge
    over_at: dt.datetime | None = None
    """Since when it is over, by the wall clock; None: it is open."""
    raised_to: tuple[Level, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the detector holds it open, whatever people say."""
        return self.surge.state is SurgeState.OPEN


@dataclass(frozen=True, slots=True)
class Verdict:
    """What people, or the ladder, made of a surge."""

    is_closed: bool = False
    """They say that it is none, or that it is solved."""
    raised_to: tuple[Level, ...] = ()


UNTOUCHED = Verdict()


@dataclass(slots=True)
class AlertBook:
    """Open surges, and those that were over a moment ago."""

    oldest: dt.timedelta
    """A surge whose last change is longer ago is not told: it comes out of a replay."""
    resolved_for: dt.timedelta
    """For how long a surge is told of behind its end."""
    _entries: dict[str, Entry] = field(default_factory=dict)
    _verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    def take(self, revisions: Iterable[Published]) -> list[str]:
        """Take revisions; return the ids of the surges that they changed, each once."""
        changed = [surge.surge_id for surge, at in revisions if self._take(surge, at)]
        return [*dict.fromkeys(changed)]

    def judge(self, verdicts: Mapping[str, Verdict], now: dt.datetime) -> list[str]:
        """Take what was made of the surges; return the ids of those for which that is news."""
        self._verdicts = verdicts
        return [surge_id for surge_id, entry in self._entries.items() if self._apply(entry, now)]

    def forget(self, now: dt.datetime) -> None:
        """Drop what the detector has cleared long enough ago."""
        self._entries = {
            surge_id: entry
            for surge_id, entry in self._entries.items()
            if entry.is_open or self._is_recent(entry, now)
        }

    def to_tell(self, now: dt.datetime, surge_ids: Collection[str] | None = None) -> list[Entry]:
        """Return what is to be told, of all surges or of these; the largest units first: they mute others."""
        ids = self._entries if surge_ids is None else self._entries.keys() & set(surge_ids)
        chosen = {surge_id: self._entries[surge_id] for surge_id in ids}
        told = (
            entry for entry in chosen.values() if self._is_fresh(entry, now) and self._is_recent(entry, now)
        )
        return sorted(told, key=lambda entry: (-[*Level].index(entry.surge.level), entry.surge.surge_id))

    def open(self, now: dt.datetime) -> Iterator[Surge]:
        """Yield the surges that are open and told of."""
        return (entry.surge for entry in self.to_tell(now) if entry.over_at is None)

    def surges(self, now: dt.datetime) -> Iterator[Surge]:
        """Yield the surges that are open or recent, whatever people made of them."""
        return (entry.surge for entry in self._entries.values() if self._is_fresh(entry, now))

    def _take(self, surge: Surge, at: dt.datetime) -> bool:
        entry = self._entries.get(surge.surge_id)
        if entry is None:
            if surge.state is not SurgeState.OPEN:
                return False  # it was over before anybody could be told
            entry = self._entries[surge.surge_id] = Entry(surge)
        elif surge.revision < entry.surge.revision:
            return False
        entry.surge = surge
        self._apply(entry, at)
        return True

    def _apply(self, entry: Entry, at: dt.datetime) -> bool:
        """Bring an entry to what is known of it; return whether that changed what is told."""
        verdict = self._verdicts.get(entry.surge.surge_id, UNTOUCHED)
        before = entry.over_at is None, entry.raised_to
        is_over = verdict.is_closed or not entry.is_open
        entry.over_at = (entry.over_at or at) if is_over else None
        entry.raised_to = verdict.raised_to
        return before != (entry.over_at is None, entry.raised_to)

    def _is_fresh(self, entry: Entry, now: dt.datetime) -> bool:
        return now - entry.surge.updated_at <= self.oldest

    def _is_recent(self, entry: Entry, now: dt.datetime) -> bool:
        return entry.over_at is None or now - entry.over_at <= self.resolved_for
