"""What a local stack needs between its servers and its workers: tables, topics, and a registry of estates."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from deploy.migration import migrate
from deploy.registry_loading import load_registry
from deploy.settings import Settings
from streams.estates.registry_csv import parse_csv

REGISTRY_FILE: Final = "registry.csv"


def keep_registry(directory: Path, registry: Path) -> None:
    """Copy a registry file into the stack's directory, for this start and all later ones.

    The embedded broker forgets which registry it was given, so each start loads it again.
    """
    directory.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(registry, directory / REGISTRY_FILE)


def prepare_platform(directory: Path, settings: Settings) -> None:
    """Bring tables and topics to this version, and load the registry that the directory holds, if any.

    Raises:
        OperationFailed: ClickHouse or the broker refuses.
        RegistryFileError: the registry is not sound.
    """
    migrate(settings)
    registry = directory / REGISTRY_FILE
    if registry.exists():
        draft = parse_csv(registry.read_text(encoding="utf-8-sig"), REGISTRY_FILE)
        load_registry(draft.registry(), settings)
