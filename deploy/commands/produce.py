"""`pulse produce`: the commands that publish; each lives in `produce_NAME.py` and is loaded when called."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

from deploy.errors import OperationFailed
from producers.errors import CannotProduce, MappingError
from producers.settings import ProducersSettings

SUBCOMMANDS: Final = {
    "file": "Publish a file: CSV, JSON Lines or XLSX, with a mapping of its columns.",
    "http": "Serve the intake to which request systems post their events.",
    "synthetic": "Publish the example district: two years of complaints with planted surges.",
    "token": "Draw a bearer token for a source, and the hash that the settings want.",
}


class ProduceGroup(click.Group):
    """Imports a subcommand when it is called: `--help` need not load what it does not show."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands."""
        del ctx
        return [*SUBCOMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a subcommand; None where there is none of that name."""
        del ctx
        if cmd_name not in SUBCOMMANDS:
            return None
        loaded = importlib.import_module(f"deploy.commands.produce_{cmd_name}").command
        return loaded if isinstance(loaded, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([*SUBCOMMANDS.items()])


@click.group(cls=ProduceGroup)
def command() -> None:
    """Publish complaints: from a file, over HTTP, or from the example district.

    Publishing the same twice is safe: an event has the same id whoever sends it, and counts once.
    """


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what producers give up on into one line and an exit code: 2 for a wrong mapping, else 1."""
    try:
        yield
    except MappingError as error:
        raise click.UsageError(str(error)) from error
    except CannotProduce as error:
        raise OperationFailed(str(error)) from error


def warn_of_demo_key(settings: ProducersSettings, say: Callable[[str], None]) -> None:
    """Say loudly that complainers are hashed under a key that everybody knows."""
    if settings.has_demo_key:
        say(
            "WARNING: complainers are hashed under the demo key, which everybody knows: anyone can find out"
            " who they are. Set PULSE_PRODUCERS__REPORTER_KEY (`openssl rand -hex 32`) before real data."
        )
