"""Settings of the alerts; read once by deploy/settings.py and handed down."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from sinks.alerts.robots import Robot

LEAST_RESENDS = 3
"""An alert outlives so many lost repeats, less one."""


class AlertSettings(BaseModel):
    """Where alerts go, and how long they stand without being repeated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alertmanager_url: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="Address of Alertmanager, e.g. http://127.0.0.1:9093; empty: no alerts are sent.",
    )
    user: str = Field("", description="User for Alertmanager's basic authentication; empty: none.")
    password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    console_url: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="Address of the console, for links in alerts; empty: none.",
    )
    robots: dict[str, SecretStr] = Field(
        {},
        description="Chat robots that `pulse relay` passes notifications on to, by the name in their path: "
        "dingtalk+URL, wecom+URL or feishu+URL, with #SECRET behind it where the robot wants signatures.",
    )
    resend_seconds: float = Field(60.0, gt=0, description="Seconds between repeats of what is open.")
    hold_seconds: float = Field(
        900.0,
        gt=0,
        description="Seconds that an alert stands without a repeat; then Alertmanager takes it for resolved. "
        "Longer than the alerter is ever down.",
    )
    resolved_seconds: float = Field(
        900.0,
        ge=0,
        description="Seconds that a resolved alert is repeated, should Alertmanager forget it.",
    )
    oldest_days: float = Field(
        14.0,
        gt=0,
        description="Days, by the wall clock, since its last change, after which an open surge is not told "
        "any more: a replay of last year wakes nobody.",
    )
    overdue_seconds: float = Field(
        300.0, gt=0, description="Seconds between two looks at requests that are overdue."
    )
    request_seconds: float = Field(10.0, gt=0, description="Seconds that Alertmanager may take to answer.")
    patience_seconds: float = Field(
        3600.0,
        ge=0,
        description="Seconds that alerts are tried again while Alertmanager is away; then the process ends "
        "with an error. Nothing is acknowledged meanwhile.",
    )
    longest_pause_seconds: float = Field(5.0, gt=0, description="Longest seconds between two tries.")

    @field_validator("robots")
    @classmethod
    def _are_robots(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for address in value.values():
            Robot.parse(address.get_secret_value())
        return value

    @model_validator(mode="after")
    def _outlives_lost_repeats(self) -> AlertSettings:
        if self.hold_seconds < LEAST_RESENDS * self.resend_seconds:
            raise ValueError(f"hold_seconds must be at least {LEAST_RESENDS} times resend_seconds")
        return self
