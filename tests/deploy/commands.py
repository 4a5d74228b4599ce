"""Holds what deployments start against the commands that there are."""

from __future__ import annotations

from collections.abc import Sequence

import click

from deploy.cli import pulse


def assert_pulse_takes(arguments: Sequence[str]) -> None:
    """Fail where `pulse` knows no such command, or where it refuses an option or argument."""
    command: click.Command = pulse
    rest = [*arguments]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest.pop(0))
        assert found is not None, f"pulse {' '.join(arguments)}: no such command"
        command = found
    assert not isinstance(command, click.Group) or command.invoke_without_command, arguments
    command.make_context("pulse", rest)
