"""`pulse demo`: starts a stack of its own, runs the example district through it, shows what came of it."""

from __future__ import annotations

import json
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from rich.console import Console

from deploy.commands.options import broker_option
from deploy.commands.produce import one_line_errors
from deploy.demo.run import DemoResult, run_demo
from deploy.demo.steps import Steps
from deploy.demo.summary import as_tree, print_summary
from deploy.example_district import REGISTRY_FILE
from deploy.local.prepare import keep_registry, prepare_platform
from deploy.local.stack import Broker, Stack, plan_stack, start_stack
from deploy.settings import load_settings
from producers.sources.synthetic import DEFAULT_SEED

NOT_EXACT = 1


@click.command()
@click.option("--once", is_flag=True, help="Stop everything when the summary is printed.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object on stdout.")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="Another seed, other complaints.")
@broker_option
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for data and logs, which stays; without it a temporary one.",
)
def command(once: bool, as_json: bool, seed: int, broker: Broker, keep: Path | None) -> None:
    """Run the whole platform on the example district and say whether all is accounted for.

    Starts a broker, ClickHouse and the workers on free loopback ports, streams two years of complaints of a
    made-up district through them, and compares what ClickHouse then says with what was sent. Stays up until
    Ctrl-C, so that you can look around. Exit code 0 only where every event is accounted for.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both end it in the same clean way
    with _directory(keep) as directory:
        result = _in_a_stack(directory, broker, seed, once=once, as_json=as_json)
    raise click.exceptions.Exit(0 if result.is_exact else NOT_EXACT)


def _in_a_stack(directory: Path, broker: Broker, seed: int, *, once: bool, as_json: bool) -> DemoResult:
    keep_registry(directory, REGISTRY_FILE)
    with Steps() as steps:
        plan = plan_stack(directory, broker, open_console=True)
        stack = start_stack(plan, prepare_platform, lambda part: steps.advance(f"start: {part}"), tied=True)
        try:
            with one_line_errors():
                settings = load_settings(stack.forced)
                result = run_demo(settings, stack.state.metrics["weigher"], seed, steps.advance)
            steps.done()
            _show(result, stack, as_json=as_json)
            if not once:
                _stay()
        finally:
            steps.advance("stop")
            stack.down()
    return result


def _show(result: DemoResult, stack: Stack, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(as_tree(result), ensure_ascii=False))
    else:
        print_summary(result, stack, Console())


def _stay() -> None:
    click.echo("running until Ctrl-C", err=True)
    with suppress(KeyboardInterrupt):
        signal.pause()


@contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="pulse-demo-", ignore_cleanup_errors=True) as made:
        yield Path(made)
