"""Settings of the ladder; read once by deploy/settings.py and handed down."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sinks.alerts.severity import Severity
from streams.contract import Level

Weekday = Annotated[int, Field(ge=1, le=7)]


class RungSettings(BaseModel):
    """Working minutes that one level has to take a surge up, by how grave it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    critical: float = Field(15.0, gt=0, description="Working minutes for a critical surge.")
    high: float = Field(30.0, gt=0, description="Working minutes for a grave one.")
    raised: float = Field(120.0, gt=0, description="Working minutes for a mild one.")


class CommunityRung(RungSettings):
    """A community has more time: it looks after several estates, and the first hour was the estate's."""

    critical: float = Field(20.0, gt=0, description="Working minutes for a critical surge.")
    high: float = Field(60.0, gt=0, description="Working minutes for a grave one.")
    raised: float = Field(240.0, gt=0, description="Working minutes for a mild one.")


class StreetRung(RungSettings):
    """A street has more still."""

    critical: float = Field(30.0, gt=0, description="Working minutes for a critical surge.")
    high: float = Field(120.0, gt=0, description="Working minutes for a grave one.")
    raised: float = Field(480.0, gt=0, description="Working minutes for a mild one.")


class LadderSettings(BaseModel):
    """How long each level has, and when people work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_on: bool = Field(True, description="Whether the alerter raises surges that nobody takes up in time.")
    look_seconds: float = Field(10.0, gt=0, description="Seconds between two looks at what people did.")
    estate: RungSettings = Field(
        default_factory=RungSettings, description="The time that an estate's people have."
    )
    community: CommunityRung = Field(
        default_factory=CommunityRung, description="The time that a community's people have."
    )
    street: StreetRung = Field(
        default_factory=StreetRung, description="The time that a street's people have."
    )
    working_days: tuple[Weekday, ...] = Field(
        (1, 2, 3, 4, 5), min_length=1, description="Weekdays on which people work; 1 is Monday, 7 Sunday."
    )
    working_from: dt.time = Field(dt.time(9), description="Local time at which they begin.")
    working_until: dt.time = Field(dt.time(18), description="Local time at which they end; later than that.")
    days_off: tuple[dt.date, ...] = Field((), description="Holidays among the working days.")
    extra_days: tuple[dt.date, ...] = Field((), description="Other days that are worked (调休).")
    off_hours_factor: float = Field(
        4.0,
        description="How many times longer a minute lasts outside working hours; 0: the clock stands still.",
    )

    @model_validator(mode="after")
    def _are_hours(self) -> LadderSettings:
        if self.working_from >= self.working_until:
            raise ValueError("working_from must be earlier than working_until")
        if self.off_hours_factor and self.off_hours_factor < 1:
            raise ValueError("off_hours_factor must be 0, or 1 or more")
        return self

    def minutes(self, level: Level, severity: Severity) -> float | None:
        """Return how many working minutes a level has; None where there is nobody above it to raise to."""
        rungs = {Level.ESTATE: self.estate, Level.COMMUNITY: self.community, Level.STREET: self.street}
        rung = rungs.get(level)
        return None if rung is None else float(getattr(rung, severity.value))
