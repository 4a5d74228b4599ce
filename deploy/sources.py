"""Where settings are read from, each source as a tree of plain values.

The environment (variables, mounted secrets) is read here and nowhere else in the project. What the values
mean and whether they are right is the business of `deploy/settings.py`.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any, Final

from deploy.errors import SettingsError

PREFIX: Final = "PULSE_"
DELIMITER: Final = "__"
DEBUG_VARIABLE: Final = "PULSE_DEBUG"
FILE_VARIABLE: Final = "PULSE_CONFIG"
STATE_VARIABLE: Final = "PULSE_STATE_DIR"
SECRETS_VARIABLE: Final = "PULSE_SECRETS_DIR"
NOT_SETTINGS: Final = frozenset({DEBUG_VARIABLE, FILE_VARIABLE, STATE_VARIABLE, SECRETS_VARIABLE})
"""Variables that say where and how to look, and so cannot be settings themselves."""
HASH_SUFFIX: Final = "_SHA256"
"""Ends the variables by which ClickHouse learns its users' password hashes; they are not ours to read."""

Tree = dict[str, Any]


def wants_debug() -> bool:
    """Return whether PULSE_DEBUG asks for tracebacks in place of one-line errors."""
    return os.environ.get(DEBUG_VARIABLE, "") not in {"", "0"}


def config_file() -> Path:
    """Return the settings file: PULSE_CONFIG, or pulse.toml in the working directory."""
    return Path(os.environ.get(FILE_VARIABLE) or "pulse.toml")


def secrets_directory() -> Path | None:
    """Return where secrets are mounted as files: PULSE_SECRETS_DIR; None where it is not set."""
    named = os.environ.get(SECRETS_VARIABLE)
    return Path(named) if named else None


def state_directory() -> Path:
    """Return the local stack's directory: PULSE_STATE_DIR, or .pulse in the working directory."""
    return Path(os.environ.get(STATE_VARIABLE) or ".pulse").absolute()


def cache_directory() -> Path:
    """Return where fetched files are kept for all stacks of this user: XDG_CACHE_HOME, or ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "estate-pulse"


def variable_name(path: tuple[str, ...]) -> str:
    """Return the environment variable of a setting, e.g. PULSE_SINKS__BATCH_ROWS."""
    return PREFIX + DELIMITER.join(path).upper()


def environment_variables() -> dict[str, str]:
    """Return the PULSE_* variables that are meant as settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and name not in NOT_SETTINGS and not name.endswith(HASH_SUFFIX)
    }


def read_toml(file: Path) -> Tree:
    """Return the settings of a TOML file; none where there is no file.

    Raises:
        SettingsError: the file is not TOML.
    """
    if not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: not a TOML file: {error}") from error


def as_variables(tree: Tree, above: tuple[str, ...] = ()) -> dict[str, str]:
    """Return a tree of settings as environment variables, which win over every other source."""
    variables: dict[str, str] = {}
    for name, value in tree.items():
        path = (*above, name)
        if isinstance(value, dict):
            variables |= as_variables(value, path)
        else:
            variables[variable_name(path)] = str(value)
    return variables


def look_up(tree: Tree, path: tuple[str, ...]) -> Any:
    """Return what stands at a path of a tree; None where nothing does."""
    found: Any = tree
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def read_secrets(directory: Path | None) -> Tree:
    """Return the settings in a directory of files, each named as its variable is, and holding its value.

    Container engines mount secrets so. Files of other names are none of ours.
    """
    tree: Tree = {}
    for file in sorted(directory.iterdir()) if directory and directory.is_dir() else ():
        if file.is_file() and file.name.upper().startswith(PREFIX):
            *sections, name = file.name.lower().removeprefix(PREFIX.lower()).split(DELIMITER)
            inner = tree
            for section in sections:
                inner = inner.setdefault(section, {})
            inner[name] = file.read_text(encoding="utf-8").strip()
    return tree


def read_json(file: Path) -> Tree:
    """Return the object in a JSON file that this project wrote; empty where there is no file."""
    try:
        loaded: Tree = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return loaded
