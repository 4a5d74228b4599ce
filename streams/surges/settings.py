"""What may be set of the surge detector, each with its unit; the method behind them is in docs/surges.md."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict, Field


class DetectorSettings(BaseModel):
    """Settings of the detector; a surge names a hash of them, so that it can be replayed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(5.0, gt=0)
    """Score at which an estate or area opens: log10 of the recurrence interval in unit-days."""
    city_threshold: float = Field(6.0, gt=0)
    """-log10 of the p-value at which the city opens."""
    city_excess: float = Field(1.5, ge=1)
    """The city opens only above this multiple of what is expected."""
    min_reporters: int = Field(3, ge=2)
    """Distinct reporters in the window below which nothing is tested."""
    window_days: int = Field(14, ge=1, le=28)
    """Days: the longest window, and the time in which one reporter counts once per unit."""
    memory_days: int = Field(45, ge=15)
    """Days: an event older than this at its weighing is ignored, an id is remembered as long."""
    warmup_days: int = Field(14, ge=7)
    """Days from the first event on in which nothing opens: there is no history to compare with."""
    drift_per_day: tuple[float, ...] = (0.008, 0.037)
    """Standard deviation, in logs, by which a share drifts in a day: one for each of the filters."""
    drift_odds: tuple[float, ...] = (0.7, 0.3)
    """Odds of the filters before an estate's own days have told which suits it."""
    jump_per_day: float = Field(0.0005, ge=0, lt=1)
    """Probability that an estate's share is drawn anew on a day."""
    surge_day: float = Field(0.02, ge=0, lt=1)
    """Probability that a day's count is a surge's and says nothing of the share."""
    share_variance: float = Field(0.04, ge=0)
    """Relative variance of a unit's share about its baseline (drift)."""
    day_variance: float = Field(0.25, ge=0)
    """Relative variance of one day's rate about its mean; falls as 1 / days of the window."""
    city_weight: float = Field(20.0, gt=0)
    """Events: weight of the clock's expectation against what the city really sent in the window."""
    usual_p: float = Field(0.05, gt=0, lt=1)
    """A surge clears once the p-value of the last `clear_days` is above this."""
    clear_days: int = Field(3, ge=1)
    """Days looked back on to see whether a unit is usual again."""

    def digest(self) -> str:
        """Return a short hash of all settings."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=6).hexdigest()
