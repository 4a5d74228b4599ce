"""Settings of the streams; read once by deploy/settings.py and handed down."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from streams.surges.settings import DetectorSettings


class StreamsSettings(BaseModel):
    """What the intake and the weigher need to know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    brokers: str = Field("127.0.0.1:9092", description="Kafka bootstrap servers, host:port[,host:port...].")
    zone: str = Field("Asia/Shanghai", description="IANA time zone by whose days complaints are counted.")
    memory_days: int = Field(
        2,
        ge=1,
        le=60,
        description="Local days before today whose buckets are kept in memory; older ones are recounted.",
    )
    future_tolerance_seconds: int = Field(
        900,
        ge=0,
        description="An event dated later than it was sent, by more than these seconds, is rejected.",
    )
    transport: Literal["batches", "take"] = Field(
        "batches",
        description="How workers take records: whole batches as fetched, or Faust's take, one by one (slow).",
    )
    batch_records: int = Field(5000, ge=1, description="Most records taken from Kafka at once.")
    commit_seconds: float = Field(1.0, gt=0, description="Seconds between commits of offsets.")
    session_seconds: float = Field(
        6.0, ge=1, description="Seconds of silence after which Kafka gives a worker's partitions to another."
    )
    rebuild_patience_seconds: float = Field(
        300.0,
        gt=0,
        description="Longest wait for the sink to catch up before a rebuild; then the worker ends.",
    )
    checkpoint_seconds: float = Field(
        600.0, gt=0, description="Seconds between checkpoints of the weigher, which a start goes on from."
    )
    stall_seconds: float = Field(
        60.0,
        gt=0,
        description="Seconds that a worker may stand still while the log grows; then it ends with code 75.",
    )
    reject_limit_share: float = Field(
        0.5,
        gt=0,
        le=1,
        description="Share of rejected records above which the worker stops: then it is our fault.",
    )
    reject_limit_records: int = Field(
        1000, ge=1, description="Records over which the share of rejected ones is judged."
    )
    skip_holes: bool = Field(
        False,
        description="Go on where records were deleted before they were read, and count them; else stop.",
    )

    detector: DetectorSettings = Field(
        default_factory=DetectorSettings, description="When a unit counts as surging (docs/surges.md)."
    )

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(f"{value!r} is not an IANA time zone such as Asia/Shanghai") from error
        return value
