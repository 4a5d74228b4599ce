"""What a mapping file says: which column of a source becomes which field of an event.

Mappings of known sources come with the project (`producers/mappings/`); docs/event-contract.md explains each
setting. Column names are compared as `column_name` spells them.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from producers.contract import Crs, Kind
from producers.errors import MappingError
from producers.sources.rows import column_name
from producers.sources.times import Ambiguous, Nonexistent, TimeReader

Columns = str | tuple[str, ...]
"""One column, or several whose texts are joined."""

TEXT_FIELDS: Final = frozenset(
    {
        "title",
        "text",
        "address",
        "category",
        "channel",
        "district",
        "street",
        "community",
        "estate",
        "status",
        "department",
    }
)
NUMBER_FIELDS: Final = frozenset({"lon", "lat", "satisfaction"})
TIME_FIELDS: Final = frozenset({"due_at"})
OWN_FIELDS: Final = frozenset({"request_id", "reporter"})
FIELDS: Final = TEXT_FIELDS | NUMBER_FIELDS | TIME_FIELDS | OWN_FIELDS


class EventRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event that a row tells of. The first of a mapping is in every row, others where their time is."""

    kind: Kind
    occurred_at: str
    """Column of its time."""
    arrived_at: str = ""
    """Column of the time when the source got to know it; absent: the same."""


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the rows of one source become events."""

    about: str = ""
    """For a person: what it maps, and where such files come from."""
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    zone: str
    """IANA name of the zone in which the source writes local times."""
    crs: Crs = Crs.WGS84
    time_formats: tuple[str, ...] = ("iso",)
    """`iso`, `unix_s`, `unix_ms` or strptime patterns, tried in order."""
    ambiguous: Ambiguous = "earlier"
    """What a local time means that was there twice when clocks went back."""
    nonexistent: Nonexistent = "shift"
    """What becomes of a local time that never was, since clocks went forward over it."""
    empty: tuple[str, ...] = ()
    """Texts that mean that there is nothing, beside the empty one."""
    joined_by: str = " / "
    """What stands between the texts of columns that are joined."""
    reporter_namespace: str = ""
    """Within which a reporter means one person; absent: the source."""
    fields: dict[str, Columns]
    """Field of the event: its column or columns. `request_id` must be there."""
    events: Annotated[tuple[EventRule, ...], msgspec.Meta(min_length=1)]
    values: dict[str, dict[str, str | float]] = {}
    """Field: what the source writes: what the contract says."""
    latest_only: tuple[str, ...] = ()
    """Columns that tell of a row's state at export: they go with its latest event and no earlier one."""
    drop: tuple[str, ...] = ()
    """Columns that are not sent on at all, such as names and telephone numbers."""
    same_request: tuple[tuple[str, ...], ...] = ()
    """Sets of columns: a row equal to an earlier one in any of these sets is that request once more."""

    def time_reader(self) -> TimeReader:
        """Return what reads this source's times."""
        return TimeReader(ZoneInfo(self.zone), self.time_formats, self.ambiguous, self.nonexistent)

    def columns_of(self, field: str) -> tuple[str, ...]:
        """Return the names of the columns that a field is made of; none where it is not mapped."""
        columns = self.fields.get(field, ())
        return tuple(map(column_name, (columns,) if isinstance(columns, str) else columns))

    def needed_columns(self) -> dict[str, str]:
        """Return every column that the mapping reads, and what for."""
        needed = {column: field for field in self.fields for column in self.columns_of(field)}
        for rule in self.events:
            needed |= {column_name(name): rule.kind for name in (rule.occurred_at, rule.arrived_at) if name}
        for columns in self.same_request:
            needed |= {column_name(name): "same_request" for name in columns}
        return needed


def load_mapping(name_or_file: str) -> Mapping:
    """Return a mapping that comes with the project by its name, or one of your own by its path.

    Raises:
        MappingError: there is none, or it is wrong; the message names file and field.
    """
    file = Path(name_or_file)
    place: Path | Traversable = file if file.suffix == ".toml" else _shipped() / f"{name_or_file}.toml"
    try:
        text = place.read_text(encoding="utf-8")
    except OSError as error:
        known = ", ".join(shipped_mappings())
        raise MappingError(
            f"no mapping {name_or_file!r}: give the path of a .toml file, or one of {known}"
        ) from error
    return parse_mapping(text, name_or_file)


def parse_mapping(text: str, file: str) -> Mapping:
    """Return the mapping in a TOML text.

    Raises:
        MappingError: it is wrong; the message names `file` and the field.
    """
    try:
        mapping = msgspec.convert(tomllib.loads(text), Mapping)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MappingError(f"mapping {file}: {error}") from error
    _check(mapping, file)
    return mapping


def shipped_mappings() -> list[str]:
    """Return the names of the mappings that come with the project."""
    return sorted(each.name[:-5] for each in _shipped().iterdir() if each.name.endswith(".toml"))


def _shipped() -> Traversable:
    return resources.files("producers") / "mappings"


def _check(mapping: Mapping, file: str) -> None:
    """Refuse what the types cannot."""
    try:
        mapping.time_reader()
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise MappingError(f"mapping {file}: zone: there is no time zone {mapping.zone!r}") from error
    unknown = sorted((mapping.fields.keys() | mapping.values.keys()) - FIELDS)
    if unknown:
        raise MappingError(f"mapping {file}: fields: {unknown[0]!r} is none of {', '.join(sorted(FIELDS))}")
    if not mapping.columns_of("request_id"):
        raise MappingError(
            f"mapping {file}: fields: `request_id` is missing; every event belongs to a request"
        )
