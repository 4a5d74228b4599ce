"""Shows on stderr what the demo is doing: a bar on a terminal, a line for each step elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Steps:
    """The steps of one run; a context manager."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._is_terminal = console.is_terminal
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not self._is_terminal,
        )
        self._task = self._bar.add_task("start", total=None)
        self._what = ""

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        self.done()

    def advance(self, what: str, done: int = 0, total: int = 0) -> None:
        """Show what is being done, how far it is, and how far it goes (0: not known)."""
        if what != self._what and not self._is_terminal:
            click.echo(what, err=True)
        self._what = what
        self._bar.update(self._task, description=what, completed=done, total=total or None)

    def done(self) -> None:
        """Take the bar away, so that other output may follow."""
        self._bar.stop()
