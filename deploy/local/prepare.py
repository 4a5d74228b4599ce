"""What a local stack needs between its servers and its workers: tables, topics, and a registry of estates."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from deploy.errors import OperationFailed
from deploy.migration import migrate
from deploy.registry_loading import load_registry
from deploy.settings import Settings
from streams.estates.draft import RegistryFileError
from streams.estates.registry_files import read_draft

REGISTRY_NAME: Final = "registry"


def keep_registry(directory: Path, registry: Path) -> None:
    """Copy a registry file into the stack's directory, for this start and all later ones.

    The embedded broker forgets which registry it was given, so each start loads it again.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for former in directory.glob(f"{REGISTRY_NAME}.*"):
        former.unlink()
    shutil.copyfile(registry, directory / f"{REGISTRY_NAME}{registry.suffix}")


def prepare_platform(directory: Path, settings: Settings) -> None:
    """Bring tables and topics to this version, and load the registry that the directory holds, if any.

    Raises:
        OperationFailed: ClickHouse or the broker refuses, or the registry is not sound.
    """
    migrate(settings)
    for registry in directory.glob(f"{REGISTRY_NAME}.*"):
        try:
            load_registry(read_draft(registry).registry(), settings)
        except RegistryFileError as error:
            raise OperationFailed(f"the registry is not sound: {error}") from error
