"""One episode of a surge, from its opening to its clearing, and the records that tell of it. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from streams.contract import Level, Path, Surge, SurgeState
from streams.surges.tails import central_90


@dataclass(slots=True)
class Evidence:
    """What a window holds and what was expected of it; times in seconds since 1970 UTC."""

    start: float
    end: float
    observed: int
    mean: float
    size: float
    score: float
    reporters: int
    requests: int
    categories: dict[str, int]
    request_ids: tuple[str, ...]
    children: tuple[str, ...] = ()


@dataclass(slots=True)
class Episode:
    """A surge that is open, with its identity and the state of its revisions."""

    surge_id: str
    unit: str
    level: Level
    path: Path
    opened_at: int
    window_start: float
    best_score: float
    revision: int = 0
    version: str = field(default="")

    def tell(self, evidence: Evidence, now: int, *, cleared: bool = False) -> Surge:
        """Return the next revision of the surge, as of `now` (s since 1970 UTC)."""
        self.revision += 1
        self.best_score = max(self.best_score, evidence.score)
        low, high = central_90(evidence.mean, evidence.size)
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
            window_start=_moment(evidence.start),
            window_end=_moment(evidence.end),
            observed=evidence.observed,
            expected=evidence.mean,
            expected_low=low,
            expected_high=high,
            score=self.best_score,
            reporters=evidence.reporters,
            requests=evidence.requests,
            categories=evidence.categories,
            request_ids=evidence.request_ids,
            children=evidence.children,
            detector_version=self.version,
        )


def _moment(second: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(second, dt.UTC)
