"""One episode of a surge, from its opening to its clearing, and the records that tell of it. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from streams.contract import Level, Path, Surge, SurgeState
from streams.surges.arrival import Record
from streams.surges.scan_window import Window
from streams.surges.tails import central_90

MOST_REQUEST_IDS = 500
"""Requests that a surge lists at most, the earliest first; their number is exact in any case."""
NEWS = 1.1
"""Growth of the observed count that makes a revision of an open surge worth telling."""


@dataclass(slots=True)
class Episode:
    """A surge that is open: its identity, and how much of it was told. Times are s since 1970 UTC."""

    surge_id: str
    unit: str
    level: Level
    path: Path
    """The unit's ancestors and itself."""
    opened_at: int
    window_start: float
    detector_version: str
    revision: int = 0
    told: int = 0
    """What the window held at the last revision."""
    best_score: float = float("-inf")
    category: str = ""
    """The problem type that most requests had at the first revision."""

    def is_news(self, held: int) -> bool:
        """Return whether so many requests are enough more than was told to be told again."""
        return held >= NEWS * self.told

    def tell(
        self,
        window: Window,
        records: Sequence[Record],
        now: int,
        *,
        children: tuple[str, ...] = (),
        cleared: bool = False,
    ) -> Surge:
        """Return the next revision: what the window holds by now, and the highest score that it had."""
        self.revision += 1
        self.told = len(records)
        self.best_score = max(self.best_score, window.score)
        categories = _categories(records)
        if self.revision == 1:
            self.category = max(categories, key=lambda name: categories[name], default="")
        low, high = central_90(*window.expected)
        return Surge(
            surge_id=self.surge_id,
            unit=self.unit,
            level=self.level,
            path=self.path,
            state=SurgeState.CLEARED if cleared else SurgeState.OPEN,
            revision=self.revision,
            opened_at=_moment(self.opened_at),
            updated_at=_moment(now),
            cleared_at=_moment(now) if cleared else None,
            window_start=_moment(window.start),
            window_end=_moment(window.end),
            observed=window.observed,
            expected=window.expected.mean,
            expected_low=low,
            expected_high=high,
            score=self.best_score,
            reporters=_reporters(records),
            requests=len(records),
            categories=categories,
            category=self.category,
            request_ids=_request_ids(records),
            children=children,
            detector_version=self.detector_version,
        )


def begin_episode(
    level: Level, name: str, path: Path, event_id: str, window: Window, version: str
) -> Episode:
    """Return the episode that an event opens by this window."""
    surge_id = f"{level.value}:{name}:{event_id}"
    return Episode(surge_id, name, level, path, int(window.end), window.start, version)


def path_above(level: Level, path: Path) -> Path:
    """Return the path from a unit of `level` upwards: the levels below it are empty."""
    below = list(Level)[: list(Level).index(level)]
    return Path(**{name.value: "" if name in below else getattr(path, name) for name in Level})


def _reporters(records: Sequence[Record]) -> int:
    named = {record.arrival.reporter for record in records if record.arrival.reporter}
    return len(named) + sum(not record.arrival.reporter for record in records)


def _categories(records: Sequence[Record]) -> dict[str, int]:
    counts = Counter(record.arrival.problem_type for record in records if record.arrival.problem_type)
    return dict(sorted(counts.items()))


def _request_ids(records: Sequence[Record]) -> tuple[str, ...]:
    ids = dict.fromkeys(record.arrival.request_id for record in records)
    return tuple(ids)[:MOST_REQUEST_IDS]


def _moment(second: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(second, dt.UTC)
