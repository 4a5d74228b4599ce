"""Settings of the console; read once by deploy/settings.py and handed down."""

from __future__ import annotations

import ipaddress
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from deploy.console.people import Grant, Role

OpenRole = Literal["", "viewer", "operator", "administrator"]


class ProxySettings(BaseModel):
    """A proxy in front that signs people in (OIDC) and says who they are in headers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    addresses: tuple[str, ...] = Field(
        (),
        description="Addresses or networks of the proxy; headers of anybody else are ignored. Empty: none.",
    )
    user_header: str = Field("X-Forwarded-User", description="Header that holds the account's name.")
    groups_header: str = Field(
        "X-Forwarded-Groups", description="Header that holds the account's groups, separated by commas."
    )
    groups: dict[str, str] = Field(
        {},
        description="What each group may do: ROLE, or ROLE@LEVEL:UNIT for one unit and all below it, e.g. "
        "operator@street:440310001. Nobody without such a group gets in.",
    )

    @field_validator("addresses")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            ipaddress.ip_network(each)
        return value

    @field_validator("groups")
    @classmethod
    def _are_grants(cls, value: dict[str, str]) -> dict[str, str]:
        for text in value.values():
            Grant.parse(text)
        return value


class ConsoleSettings(BaseModel):
    """Where the console listens, who gets in, and how often it looks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8490, ge=0, le=65535, description="TCP port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "",
        description="Address by which people reach it, e.g. https://pulse.example.org; empty: http:// and "
        "where it listens. Anywhere but on loopback it must be https, in front of which a proxy stands.",
    )
    clickhouse_user: str = Field("console", description="ClickHouse user that it reads and notes actions as.")
    clickhouse_password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    accounts_file: str = Field(
        "console-accounts.json",
        description="File of local accounts, kept by `pulse console user`; passwords are hashed (Argon2id).",
    )
    session_key: SecretStr = Field(
        SecretStr(""), description="Signs session cookies; empty: drawn at each start, which ends sessions."
    )
    session_hours: float = Field(12.0, gt=0, le=720, description="Hours after which one must log in again.")
    open_role: OpenRole = Field(
        "",
        description="What whoever reaches the console may do without logging in; on loopback alone. Empty: "
        "nothing.",
    )
    login_tries: int = Field(
        10, ge=1, description="Failed logins, for an account or from an address, in 15 minutes."
    )
    proxy: ProxySettings = Field(default_factory=ProxySettings, description="A proxy that signs people in.")
    poll_seconds: float = Field(
        0.5, gt=0, description="Shortest seconds between two looks at ClickHouse, for all clients together."
    )
    poll_share: float = Field(
        0.5, gt=0, le=1, description="Largest share of the time that each look takes; else it comes rarer."
    )
    query_seconds: int = Field(20, ge=1, description="Seconds that a page's query may take.")
    streams: int = Field(500, ge=1, description="Pages that may be live at once.")

    @property
    def role_without_login(self) -> Role | None:
        """The role of whoever has not logged in; None: nobody gets in."""
        return Role(self.open_role) if self.open_role else None

    @property
    def is_on_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host == "localhost" or _is_loopback(self.host)

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by https."""
        return self.public_url.startswith("https://")

    @model_validator(mode="after")
    def _keep_passwords_off_the_wire(self) -> ConsoleSettings:
        if not self.is_on_loopback and not self.is_secure:
            raise ValueError("public_url must be https where the console listens anywhere but on loopback")
        if self.open_role and (not self.is_on_loopback or self.is_secure or self.proxy.addresses):
            raise ValueError("open_role is for loopback alone, without public_url and proxy")
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
