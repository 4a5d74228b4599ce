"""The `pulse` command: a group whose subcommands live in `deploy/commands/NAME.py`, each exporting `command`.

A subcommand's module is imported only when it is called, so `pulse --help` loads neither Faust nor numpy.
Whatever goes wrong, a person gets one line: exit code 2 for bad usage or settings, 1 for failure. A traceback
is shown only where PULSE_DEBUG is set.
"""

from __future__ import annotations

import importlib
import sys
from types import TracebackType
from typing import Final

import click

from deploy.sources import wants_debug

COMMANDS: Final = {
    "demo": "Run the whole platform on the example district and say whether all is accounted for.",
    "stack": "Start, stop or look at the local stack: broker, ClickHouse and workers.",
    "config": "Print the settings in force and where each came from; secrets are masked.",
    "console": "Serve the operators' console, and keep its accounts.",
    "migrate": "Bring ClickHouse to the schema of this version.",
    "produce": "Publish complaints from a file, over HTTP, or from the example district.",
    "worker": "Run one worker process: intake, weigher, writer or alerter.",
    "relay": "Pass Alertmanager's notifications on to the robots of DingTalk, WeCom and Feishu.",
    "chaos": "Break a platform of its own in seeded ways, and count what is lost, doubled or wrong.",
    "verify": "Prove that every published event is stored, a duplicate, or rejected with a reason.",
    "replay": "Make counts and surges of past days anew from the facts, while the stream goes on.",
    "report": "Write a district's report of a period, with the red and black list of companies.",
    "tag": "Tie messages of a CSV file to estates, without Kafka.",
    "backtest": "Find the surges in a CSV file of past events, without Kafka.",
    "calibrate": "Find the threshold that fits a budget of alerts, and what it misses.",
    "explain": "Say why a surge was told, and whether the facts still give it.",
    "analyst": "Print a ClickHouse user who reads the views for BI of one unit alone.",
    "rejected": "List, show or send back the records that were rejected.",
    "registry": "Import, check or load the registry of estates.",
    "review": "Put into effect what was decided in the console's reviews.",
}
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells report it


class LazyGroup(click.Group):
    """A group that knows its subcommands by name and imports them when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of COMMANDS: what a newcomer needs first stands first."""
        del ctx
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a subcommand; None where there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        loaded = importlib.import_module(f"deploy.commands.{cmd_name}").command
        return loaded if isinstance(loaded, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="estate-pulse", prog_name="pulse")
def pulse() -> None:
    """Tie citizens' complaints to residential estates as they arrive, and say which estate is surging.

    Settings come from environment variables PULSE_*, a file pulse.toml, or the running local stack; `pulse
    config` shows them. Start with `pulse demo`.
    """


def main() -> None:
    """Run the command of this process's arguments and exit with its code."""
    if not wants_debug():
        sys.excepthook = one_line
    try:
        code = pulse.main(prog_name="pulse", standalone_mode=False)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"pulse: {_in_one_line(error)}", err=True)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def one_line(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say in one line what nobody expected; the process then exits with 1."""
    del trace
    text = " ".join(str(error).split()) or "no message"
    click.echo(f"pulse: unexpected {kind.__name__}: {text} (PULSE_DEBUG=1 shows where)", err=True)


def _in_one_line(error: click.ClickException) -> str:
    text = " ".join(error.format_message().split())
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{text} (see `{error.ctx.command_path} --help`)"
    return text


if __name__ == "__main__":
    main()
