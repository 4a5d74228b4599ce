"""All settings of the platform, read once at the start of a process and handed down, each stage its own.

For each setting the first of these that has it wins: environment variable (`PULSE_SINKS__BATCH_ROWS`), a
file of that name in PULSE_SECRETS_DIR, `pulse.toml` (`[sinks] batch_rows = ...`), the running local stack's
state file, the default. What each setting means stands beside it in the stage's own `settings.py`. A wrong or
unknown one stops the start with its name.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from deploy.console.settings import ConsoleSettings
from deploy.errors import SettingsError
from deploy.local.state import running_stack_settings
from deploy.sources import (
    DELIMITER,
    PREFIX,
    Tree,
    config_file,
    environment_variables,
    look_up,
    read_secrets,
    read_toml,
    secrets_directory,
    state_directory,
    variable_name,
)
from producers.settings import ProducersSettings
from sinks.settings import SinksSettings
from streams.settings import StreamsSettings

MASK: Final = "********"
DEFAULT: Final = "default"
SHARED: Final = ("brokers", "zone")
"""Set once for all stages; a stage may still be given one of its own."""

Path = tuple[str, ...]


class DeploySettings(BaseModel):
    """How processes are put together and watched; the stages do not see these."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    intake_workers: int = Field(
        1,
        ge=1,
        le=16,
        description="Intake worker processes of the local stack; at most one a partition works.",
    )
    http_intake: bool = Field(False, description="Whether the local stack runs the HTTP intake too.")
    alerter: bool = Field(
        False, description="Whether the local stack runs the alerter too: alerts of surges, and the ladder."
    )
    console: bool = Field(True, description="Whether the local stack runs the operators' console too.")
    metrics_host: str = Field("127.0.0.1", description="Address that a worker serves /metrics on.")
    metrics_port: int = Field(
        0, ge=0, le=65535, description="TCP port that a worker serves /metrics on; 0 takes a free one."
    )
    log_megabytes: int = Field(
        20, ge=1, description="MiB at which a log of the local stack is rotated; three old ones are kept."
    )


class Settings(BaseSettings):
    """The settings of every stage."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=DELIMITER, frozen=True, extra="forbid"
    )

    brokers: str = Field(
        "127.0.0.1:9092", description="Kafka bootstrap servers of all stages, host:port[,...]."
    )
    zone: str = Field("Asia/Shanghai", description="IANA time zone of all stages, by whose days is counted.")
    producers: ProducersSettings = Field(default_factory=ProducersSettings)
    streams: StreamsSettings = Field(default_factory=StreamsSettings)
    sinks: SinksSettings = Field(default_factory=SinksSettings)
    deploy: DeploySettings = Field(default_factory=DeploySettings)
    console: ConsoleSettings = Field(default_factory=ConsoleSettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources; the first that has a value wins."""
        del env_settings, dotenv_settings, file_secret_settings
        return (init_settings, *(InitSettingsSource(settings_cls, tree) for _, tree in _sources()))

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if not is_zone(value):
            raise ValueError(f"{value!r} is not an IANA time zone such as Asia/Shanghai")
        return value

    @model_validator(mode="after")
    def _count_by_one_clock(self) -> Settings:
        """Refuse stages that differ in their days: what one counts the other would look for elsewhere."""
        if self.streams.zone != self.sinks.zone:
            raise ValueError(
                f"streams.zone is {self.streams.zone}, sinks.zone is {self.sinks.zone}: "
                "both must be the same; set `zone` alone"
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _share(cls, values: Tree) -> Tree:
        """Hand each stage that has no value of its own the one that all share.

        A zone that is none is not handed on: it is reported once, where it was set.
        """
        shared = {name: values[name] for name in SHARED if name in values}
        if "zone" in shared and not is_zone(shared["zone"]):
            del shared["zone"]
        for stage, field in cls.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                fitting = {
                    each: value for each, value in shared.items() if each in field.annotation.model_fields
                }
                own = values.get(stage, {})
                values[stage] = {**fitting, **own} if isinstance(own, dict) else own
        return values


@dataclass(frozen=True)
class Setting:
    """One setting in force, for a person to read."""

    path: Path
    value: Any
    source: str
    """The environment variable, file or stack that it came from, or `default`."""


def is_zone(name: str) -> bool:
    """Return whether there is a time zone of this IANA name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def load_settings(forced: Tree | None = None) -> Settings:
    """Read and check all settings.

    Args:
        forced: values that win over every source, in the shape of pulse.toml.

    Raises:
        SettingsError: one is wrong or unknown; the message names its variable or file.
    """
    _refuse_unknown_variables()
    try:
        return Settings(**(forced or {}))
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(each) for each in error.errors())) from error


def describe(settings: Settings) -> Iterator[Setting]:
    """Yield every setting with its value, secrets masked, and where it came from."""
    sources = _sources()
    for path, _ in fields(Settings):
        value: Any = settings
        for name in path:
            value = getattr(value, name)
        yield Setting(path, _masked(value), _origin(sources, path))


def known_variables() -> list[str]:
    """Return the environment variable of every setting there is."""
    return [variable_name(path) for path, _ in fields(Settings)]


def fields(model: type[BaseModel], above: Path = ()) -> Iterator[tuple[Path, FieldInfo]]:
    """Yield every single setting of a model with its path; a model inside it stands for its own settings."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from fields(inner, (*above, name))
        else:
            yield (*above, name), field


def _sources() -> list[tuple[str, Tree]]:
    """Return each source's name and values, the strongest first."""
    stack = state_directory()
    secrets = secrets_directory()
    return [
        ("environment", EnvSettingsSource(Settings)()),
        (str(secrets), read_secrets(secrets)),
        (str(config_file()), read_toml(config_file())),
        (f"local stack in {stack}", running_stack_settings(stack)),
    ]


def _origin(sources: list[tuple[str, Tree]], path: Path) -> str:
    """Return where a setting's value came from, be it by way of the one that all stages share."""
    for each in (path, path[-1:]) if path[-1] in SHARED else (path,):
        for source, tree in sources:
            if look_up(tree, each) is not None:
                return variable_name(each) if source == "environment" else source
    return DEFAULT


def _explain(error: ErrorDetails) -> str:
    """Return one clause that names the setting where it was set, and what is wrong with it."""
    path = tuple(str(part) for part in error["loc"])
    if not path:
        return error["msg"]  # of several settings together, which it names
    while path and (origin := _origin(_sources(), path)) == DEFAULT:
        path = path[:-1]  # the place inside a value, e.g. an item of a list
    name = ".".join(path) if not origin.startswith(PREFIX) else origin
    place = "" if origin.startswith(PREFIX) else f"{origin}: "
    return f"{place}{name}: {error['msg']}"


def _refuse_unknown_variables() -> None:
    known = known_variables()
    for name in environment_variables():
        # A setting that is a table may be given entry by entry: PULSE_PRODUCERS__INTAKE__TOKENS__NAME.
        if not any(name.upper() == each or name.upper().startswith(each + DELIMITER) for each in known):
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else "; `pulse config` lists those there are"
            raise SettingsError(f"{name}: no such setting{hint}")


def _masked(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return MASK if value.get_secret_value() else ""
    return value
