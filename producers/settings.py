"""Settings of the producers; read once by deploy/settings.py and handed down."""

from __future__ import annotations

import re
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

DEMO_REPORTER_KEY: Final = "estate-pulse-demo-key"
"""Good enough for made-up complainers alone: whoever reads this can link a hash to a person."""
_SHA256_HEX: Final = re.compile(r"[0-9a-f]{64}")


class PublishSettings(BaseModel):
    """How records are handed to Kafka."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    linger_ms: int = Field(
        default=20, ge=0, le=1000, description="Milliseconds that a batch waits for more records."
    )
    batch_bytes: int = Field(
        default=256 * 1024, ge=1024, le=900_000, description="Bytes of a batch before compression."
    )
    buffer_bytes: int = Field(
        default=32 * 1024 * 1024,
        ge=1024 * 1024,
        description="Bytes that may await Kafka's acknowledgement; publishing waits while there are more.",
    )
    compression: Literal["zstd", "lz4", "gzip", "none"] = Field(
        default="zstd", description="Compression of batches."
    )
    delivery_seconds: float = Field(
        default=120.0, ge=2, description="Seconds after which an unacknowledged batch counts as failed."
    )
    connect_seconds: float = Field(
        default=15.0, gt=0, description="Seconds to wait for a broker and for the topic at start."
    )


class IntakeSettings(BaseModel):
    """The HTTP intake: who may send, and how much."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(
        default="127.0.0.1", description="Address to listen on; any but loopback wants a TLS proxy before it."
    )
    port: int = Field(default=8480, ge=0, le=65535, description="TCP port to listen on; 0 takes a free one.")
    tokens: dict[str, tuple[str, ...]] = Field(
        default={},
        description="SHA-256 (hex) of each source's bearer tokens; two while one is replaced.",
    )
    max_body_bytes: int = Field(
        default=4 * 1024 * 1024, ge=1024, description="Bytes of a request's body; more is answered 413."
    )
    max_items: int = Field(
        default=1000, ge=1, le=100_000, description="Events of one request; more is answered 413."
    )
    max_waiting_items: int = Field(
        default=20_000,
        ge=1,
        description="Events that may await Kafka's acknowledgement; more is answered 429.",
    )
    delivery_seconds: float = Field(
        default=10.0, ge=2, le=120, description="Seconds to wait for Kafka before the answer is 503."
    )
    future_tolerance_seconds: int = Field(
        default=900, ge=0, description="Events dated later than now by more than these seconds are refused."
    )

    @field_validator("tokens", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {source: (each,) if isinstance(each, str) else each for source, each in value.items()}

    @field_validator("tokens")
    @classmethod
    def _hashed(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for source, hashes in value.items():
            if not all(_SHA256_HEX.fullmatch(each) for each in hashes):
                raise ValueError(
                    f"source {source}: give the SHA-256 of the token as 64 hex digits, not the token"
                )
        return value


class ProducersSettings(BaseModel):
    """What the producers need to know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    brokers: str = Field(
        default="127.0.0.1:9092", description="Kafka bootstrap servers, host:port[,host:port...]."
    )
    reporter_key: SecretStr = Field(
        default=SecretStr(DEMO_REPORTER_KEY),
        description="Secret under which complainers are hashed; another makes each a new one.",
    )
    tick_seconds: float = Field(
        default=1.0,
        gt=0,
        le=60,
        description="Seconds between the ticks by which silent partitions follow the clock.",
    )
    publish: PublishSettings = Field(default=PublishSettings())
    intake: IntakeSettings = Field(default=IntakeSettings())

    @field_validator("reporter_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 16:
            raise ValueError("at least 16 characters, drawn at random; `openssl rand -hex 32` makes one")
        return value

    @property
    def has_demo_key(self) -> bool:
        """Return whether complainers are hashed under the key that everybody knows."""
        return self.reporter_key.get_secret_value() == DEMO_REPORTER_KEY
