"""The progress bar of commands that publish: shown to a person, never to a machine."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


def publishing_progress(console: Console, show: bool) -> Progress:
    """Return a bar that is drawn where `show` is set and the console is a terminal."""
    return Progress(
        TextColumn("{task.description:>10}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeRemainingColumn(),
        console=console,
        disable=not (show and console.is_terminal),
    )
