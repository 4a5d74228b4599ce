"""What can go wrong in front of a person, and the exit code that says so.

click prints a `ClickException` as one line on stderr and exits with its `exit_code`; everything the `pulse`
command gives up on is therefore one of these:

    click.ClickException
    ├── click.UsageError              2   wrong options (click's own)
    ├── SettingsError                 2   a setting is missing or wrong; names the variable
    └── OperationFailed               1   the command was right, the world was not
        └── PartUnavailable           1   a broker, database or tool that is needed cannot be had
"""

from __future__ import annotations

import click


class SettingsError(click.ClickException):
    """A setting is missing or wrong; the message names its variable and what it should be."""

    exit_code = 2


class OperationFailed(click.ClickException):
    """The command could not do its work; the message says what happened and what to do."""

    exit_code = 1


class PartUnavailable(OperationFailed):
    """A part that the command needs (a server, a tool, a jar) cannot be started or found."""
