"""Puts a registry file into force, for commands: loads it, and keeps it for later starts of a local stack."""

from __future__ import annotations

from pathlib import Path

from aiokafka.errors import KafkaError

from deploy.database_errors import as_failures
from deploy.errors import PartUnavailable
from deploy.local.prepare import keep_registry
from deploy.local.stack import find_stack
from deploy.registry_loading import load_registry
from deploy.settings import Settings
from deploy.sources import state_directory
from streams.estates.registry import Registry


def put_in_force(registry: Registry, path: Path, settings: Settings) -> str:
    """Load a registry, which was read from `path`, and return its version.

    Raises:
        PartUnavailable: ClickHouse or the broker does not answer.
        OperationFailed: one of them refuses.
    """
    try:
        with as_failures():
            version = load_registry(registry, settings)
    except KafkaError as error:
        raise PartUnavailable(str(error)) from error
    stack = find_stack(state_directory())
    if stack is not None:
        keep_registry(stack.directory, path)  # the embedded broker forgets it at the next start
    return version
