"""Settings of the sinks; read once by deploy/settings.py and handed down."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from sinks.alerts.settings import AlertSettings
from sinks.contract import BI_DATABASE, DATABASE
from sinks.ladder.settings import LadderSettings

IDENTIFIER = r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"


class ClickHouseSettings(BaseModel):
    """How the platform reaches ClickHouse, and as whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Host name or address of the server.")
    port: int = Field(9000, ge=1, le=65535, description="Port of the native protocol (9440 where secure).")
    secure: bool = Field(False, description="Whether to speak TLS.")
    verify: bool = Field(True, description="Whether the server's certificate must be valid; for TLS only.")
    user: str = Field("writer", description="User that writes and reads the tables.")
    password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    migrator_user: str = Field("migrator", description="User that `pulse migrate` works as.")
    migrator_password: SecretStr = Field(SecretStr(""), description="Password of the migrator.")
    dictionary_user: str = Field(
        "dictionary", pattern=IDENTIFIER, description="User without a password that dictionaries load as."
    )
    database: str = Field(DATABASE, pattern=IDENTIFIER, description="Database of the tables.")
    bi_database: str = Field(BI_DATABASE, pattern=IDENTIFIER, description="Database of the readers' views.")
    cluster: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_.-]*$",
        description="Name of the cluster that tables are made on, replicated; empty: one server.",
    )
    connect_seconds: float = Field(5.0, gt=0, description="Seconds to wait for a connection.")
    reply_seconds: float = Field(300.0, gt=0, description="Seconds to wait for each piece of a reply.")
    patience_seconds: float = Field(
        3600.0,
        ge=0,
        description="Seconds that one insert is tried again while the server is away or overloaded; then the "
        "process ends with an error. Nothing is acknowledged meanwhile.",
    )
    longest_pause_seconds: float = Field(10.0, gt=0, description="Longest seconds between two tries.")


class SinksSettings(BaseModel):
    """What the writer, the migrator, verify and the rejected need to know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    brokers: str = Field("127.0.0.1:9092", description="Kafka bootstrap servers, host:port[,host:port...].")
    zone: str = Field("Asia/Shanghai", description="IANA time zone by whose days complaints are counted.")
    clickhouse: ClickHouseSettings = Field(
        default_factory=ClickHouseSettings, description="The ClickHouse server."
    )
    alerts: AlertSettings = Field(
        default_factory=AlertSettings, description="Alerts of surges, by way of Alertmanager."
    )
    ladder: LadderSettings = Field(
        default_factory=LadderSettings, description="Who is asked next where nobody takes a surge up."
    )
    batch_rows: int = Field(20_000, ge=1, description="Most rows of one insert of facts.")
    batch_seconds: float = Field(
        0.1, gt=0, description="Seconds after which a smaller batch is inserted all the same."
    )
    longest_batch_seconds: float = Field(
        1.0, gt=0, description="The same for a writer that is far behind: larger batches let it catch up."
    )
    counts_seconds: float = Field(
        0.25,
        gt=0,
        description="Seconds between two inserts of counts, at least: one costs as much as one of facts.",
    )
    progress_seconds: float = Field(
        0.5, gt=0, description="Seconds between two inserts that say which facts are stored."
    )
    requests_seconds: float = Field(
        2.0, gt=0, description="Seconds between two times that the writer puts changed requests together."
    )
    minute_days: int = Field(
        90, ge=1, le=36_500, description="Days that counts by minute are kept after they were written."
    )
    hour_days: int = Field(
        1096, ge=1, le=36_500, description="Days that counts by hour are kept after they were written."
    )

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError) as error:
            raise ValueError(f"{value!r} is not an IANA time zone such as Asia/Shanghai") from error
        return value
