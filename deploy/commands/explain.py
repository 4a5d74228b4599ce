"""`pulse explain SURGE`: why a surge was told, and whether the facts still say so."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.commands.options import as_json_option
from deploy.database_errors import as_failures
from deploy.errors import OperationFailed
from deploy.migration import patient
from deploy.settings import Settings, load_settings
from sinks.facts import Facts
from sinks.surges import StoredSurges
from streams.contract import Surge
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.recompute import differences, recompute

DAYS_OF_YEAR = 365.25
REFRESH = 1000
SHOWN_REQUESTS = 10


@dataclass(frozen=True)
class Explanation:
    """A stored surge, and the same found again."""

    stored: Surge
    again: Surge | None
    requests: int
    """Requests that were weighed to find it again."""
    version: str
    """Of the detector that looked."""

    @property
    def differing(self) -> dict[str, tuple[object, object]]:
        """What differs, by field: as stored, and as found again."""
        return differences(self.stored, self.again) if self.again else {}

    @property
    def is_same(self) -> bool:
        """Whether the surge comes out the same."""
        return self.again is not None and not self.differing


@click.command()
@click.argument("surge")
@as_json_option
def command(surge: str, as_json: bool) -> None:
    """Print a surge's evidence and find it again from the facts, by its id (`estate:ID:EVENT`).

    All requests up to the moment of its last revision are weighed anew by a fresh detector with the settings
    in force. Exit code 1 where it does not come out the same: facts were tagged anew since, or the detector's
    method or settings are others.
    """
    explanation = explain(load_settings(), surge)
    if as_json:
        click.echo(json.dumps(as_tree(explanation), default=str, ensure_ascii=False))
    else:
        _print(explanation, Console())
    sys.exit(0 if explanation.is_same else 1)


def explain(settings: Settings, surge_id: str) -> Explanation:
    """Find a stored surge again.

    Raises:
        PartUnavailable: ClickHouse does not answer.
        OperationFailed: there is no such surge, or there are no tables yet.
    """
    sinks = patient(settings.sinks)
    with as_failures():
        stored = StoredSurges(sinks).find(surge_id)
        if stored is None:
            raise OperationFailed(f"there is no surge {surge_id!r}; the console or bi.surges have the ids")
        arrivals = _Shown(Facts(sinks).all_arrivals(), stored)
        detector = Detector(settings.streams.detector, ZoneInfo(settings.streams.zone))
        with arrivals.progress:
            again = recompute(stored, arrivals, detector)
    return Explanation(stored, again, arrivals.number, detector.version)


def as_tree(explanation: Explanation) -> dict[str, object]:
    """Return an explanation as JSON can hold it."""
    return {
        "same": explanation.is_same,
        "found_again": explanation.again is not None,
        "differing": {
            name: {"stored": stored, "again": again}
            for name, (stored, again) in explanation.differing.items()
        },
        "requests_weighed": explanation.requests,
        "detector_version": explanation.version,
        "recurrence": recurrence(explanation.stored),
        "surge": msgspec.to_builtins(explanation.stored),
    }


def recurrence(surge: Surge) -> str:
    """Return the score in words: how often chance alone would reach it, nominally."""
    years = float(10**surge.score / DAYS_OF_YEAR)
    often = f"{years:,.0f} years" if years >= 2 else f"{years * DAYS_OF_YEAR:,.0f} days"
    return f"once in {often} of this {surge.level.value}"


class _Shown:
    """Counts the arrivals that pass, and draws how far they are."""

    def __init__(self, arrivals: Iterable[Arrival], surge: Surge) -> None:
        self._arrivals = arrivals
        self._end = surge.updated_at.timestamp() * 1000
        self.number = 0
        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        self.progress = Progress(*columns, console=Console(stderr=True))

    def __iter__(self) -> Iterator[Arrival]:
        task = None
        for arrival in self._arrivals:
            if task is None:
                first = arrival.weighed
                task = self.progress.add_task("weighing", total=max(self._end - first, 1.0))
            if self.number % REFRESH == 0:
                self.progress.update(task, completed=arrival.weighed - first)
            self.number += 1
            yield arrival


def _print(explanation: Explanation, console: Console) -> None:
    for name, value in _evidence(explanation.stored):
        console.print(f"{name:<12} {value}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"{'found again':<12} {_verdict(explanation)}", markup=False, highlight=False, soft_wrap=True
    )
    for field, (stored, again) in explanation.differing.items():
        console.print(
            f"  {field}: stored {stored}, now {again}", markup=False, highlight=False, soft_wrap=True
        )


def _verdict(explanation: Explanation) -> str:
    other = explanation.version != explanation.stored.detector_version
    note = f"; this is detector {explanation.version}" if other else ""
    if explanation.again is None:
        return f"no: {explanation.requests:,} requests give no such surge{note}"
    return f"{'yes' if explanation.is_same else 'NO'}, from {explanation.requests:,} requests{note}"


def _evidence(surge: Surge) -> Iterator[tuple[str, str]]:
    yield "surge", f"{surge.surge_id}, {surge.state.value}, revision {surge.revision}"
    yield "where", " < ".join(unit for unit in msgspec.structs.astuple(surge.path) if unit) or surge.unit
    yield "opened", f"{surge.opened_at:%Y-%m-%d %H:%M} UTC"
    yield "window", f"{surge.window_start:%Y-%m-%d %H:%M} to {surge.window_end:%Y-%m-%d %H:%M} UTC"
    usual = f"{surge.expected_low:g} to {surge.expected_high:g}"
    yield "observed", f"{surge.observed} requests; expected {surge.expected:.3g}, usually {usual}"
    yield "score", f"{surge.score:.2f}: {recurrence(surge)}"
    yield "reporters", f"{surge.reporters}; {surge.requests - surge.observed} of {surge.requests} are repeats"
    yield (
        "categories",
        ", ".join(f"{name} {count}" for name, count in surge.categories.items()) or "not known",
    )
    if surge.children:
        yield "carried by", ", ".join(surge.children)
    more = len(surge.request_ids) - SHOWN_REQUESTS
    yield (
        "requests",
        ", ".join(surge.request_ids[:SHOWN_REQUESTS]) + (f" and {more} more" if more > 0 else ""),
    )
    yield "detector", surge.detector_version
