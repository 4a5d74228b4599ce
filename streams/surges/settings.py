"""What may be set of the surge detector, each with its unit; the method behind them is in docs/surges.md."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict, Field


class DetectorSettings(BaseModel):
    """Settings of the detector; a surge names a hash of them, so that it can be replayed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(
        5.5, gt=0, description="Score at which an estate or area opens: log10 of a recurrence in unit-days."
    )
    rest_threshold: float = Field(
        3.0, ge=0, description="Score that an area must reach without the part of it that rose most."
    )
    city_threshold: float = Field(
        4.0, gt=0, description="Score at which the city opens: log10 of a recurrence in days."
    )
    city_excess: float = Field(
        1.5, ge=1, description="Multiple of the expected count below which the city never opens."
    )
    min_reporters: int = Field(
        3, ge=2, description="Distinct reporters in the window below which nothing is tested."
    )
    window_days: int = Field(
        14,
        ge=1,
        le=28,
        description="Days of the longest window, and in which a reporter counts once per unit.",
    )
    memory_days: int = Field(
        45, ge=15, description="Days: an event older than this when weighed is ignored; ids are kept as long."
    )
    warmup_days: int = Field(
        14,
        ge=7,
        le=56,
        description="Days with events, of the last 56, before which nothing opens, for want of a history.",
    )
    voice_days: int = Field(
        730, ge=14, description="Days after which one who complained at an estate counts as a newcomer again."
    )
    drift_per_day: tuple[float, ...] = Field(
        (0.008, 0.037),
        min_length=1,
        description="Standard deviation, in logs, of a share's drift in a day: one for each filter.",
    )
    drift_odds: tuple[float, ...] = Field(
        (0.7, 0.3), min_length=1, description="Odds of the filters before an estate's days speak for one."
    )
    jump_per_day: float = Field(
        0.0005, ge=0, lt=1, description="Probability that an estate's share is drawn anew on a day."
    )
    surge_day: float = Field(
        0.02, ge=0, lt=1, description="Probability that a day's count is a surge's and teaches nothing."
    )
    share_variance: float = Field(
        0.02, ge=0, description="Relative variance of a share about what was known before the window."
    )
    day_variance: float = Field(
        0.25, gt=0, description="Relative variance of an estate's rate from day to day about its mean."
    )
    city_weight: float = Field(
        50.0,
        gt=0,
        description="Events that the clock's expectation weighs against what the city really sent.",
    )
    clear_days: int = Field(3, ge=1, description="Days that must look usual for a surge to clear.")
    usual_p: float = Field(
        0.05, gt=0, lt=1, description="p-value of the last days above which they are usual again."
    )

    def digest(self) -> str:
        """Return a short hash of all settings."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=6).hexdigest()
