"""`pulse calibrate`: the threshold that fits a duty desk's budget of alerts, and what it misses."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import track

from deploy.commands.options import ZoneParameter, as_json_option
from deploy.database_errors import as_failures
from deploy.errors import OperationFailed
from deploy.migration import patient
from deploy.settings import Settings, load_settings
from sinks.facts import Facts
from sinks.feedback import Feedback, read_feedback
from streams.surges.arrival import Arrival
from streams.surges.calibration import Cost, TooShort, choose, cost, plant
from streams.surges.event_rows import TimeFormat, UnreadableRows, read_arrivals

THRESHOLDS = (3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0)
UTC = ZoneInfo("UTC")
STORED = "stored history"


@click.command()
@click.option(
    "--events",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of the city's own history, with the columns of `pulse backtest`, instead of what is stored.",
)
@click.option("--zone", type=ZoneParameter(), help="Zone of a CSV's times without one; UTC if not named.")
@click.option(
    "--per-week",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Alerts about nothing that the duty desk accepts a week, in the whole city.",
)
@click.option(
    "--planted",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Surges to plant into the history, to see how many are missed.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed plants others.")
@click.option(
    "--feedback",
    "with_feedback",
    is_flag=True,
    help="Print beside it what people on the console made of the surges, from ClickHouse.",
)
@as_json_option
def command(
    source: Path | None,
    zone: ZoneInfo | None,
    per_week: float,
    planted: int,
    seed: int,
    with_feedback: bool,
    as_json: bool,
) -> None:
    """Say which threshold keeps alerts within the budget, and what part of surges it misses.

    The city's history (80 days are the least), as ClickHouse holds it or from --events, is weighed once for
    each threshold by the detector's other settings in force, with surges planted into it. Every alert that is
    not about a planted one counts as false, the history's own surges too: the figure errs on the high side.
    With --feedback the surges that people called not a surge stand beside it. Neither changes a threshold.
    """
    if source is None and zone is not None:
        raise click.UsageError("--zone goes with --events; the stored history has the platform's")
    settings = load_settings()
    feedback = _feedback(settings) if with_feedback else None
    lived_by = ZoneInfo(settings.streams.zone) if source is None else zone or UTC
    try:
        history = _stored(settings) if source is None else _read(source, lived_by)
        arrivals, surges = plant(history, planted, seed)
    except (UnreadableRows, TooShort) as error:
        raise OperationFailed(f"{source or STORED}: {error}") from error
    console = Console(stderr=True)
    costs = [
        cost(arrivals, surges, settings.streams.detector.model_copy(update={"threshold": each}), lived_by)
        for each in track(THRESHOLDS, "weighing", console=console)
    ]
    chosen = choose(costs, per_week)
    if as_json:
        tree = {
            "alerts_a_week_accepted": per_week,
            "threshold": chosen and chosen.threshold,
            "missed": chosen and chosen.missed,
            "planted": len(surges),
            "costs": [asdict(each) for each in costs],
            "feedback": feedback and _as_tree(feedback),
        }
        click.echo(json.dumps(tree))
    else:
        _print(costs, chosen, per_week, feedback)


def _feedback(settings: Settings) -> Feedback:
    with as_failures():
        return read_feedback(patient(settings.sinks))


def _stored(settings: Settings) -> list[Arrival]:
    """Return all requests that ClickHouse holds, each by its first delivery."""
    with as_failures():
        return list(Facts(patient(settings.sinks)).all_arrivals())


def _as_tree(feedback: Feedback) -> dict[str, object]:
    return {
        "told": len(feedback.surges),
        "judged": feedback.judged,
        "not_a_surge": feedback.called_none,
        "weeks": feedback.weeks,
        "thresholds": [
            {
                "threshold": threshold,
                "called_none_a_week": feedback.called_none_a_week(threshold),
                "lost": feedback.lost(threshold),
            }
            for threshold in THRESHOLDS
        ],
    }


def _read(source: Path, zone: ZoneInfo) -> list[Arrival]:
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            return list(read_arrivals(csv.reader(file), TimeFormat(zone)))
    except UnicodeDecodeError as error:
        raise OperationFailed(f"{source}: not UTF-8 at byte {error.start}; convert it first") from error


def _print(costs: list[Cost], chosen: Cost | None, per_week: float, feedback: Feedback | None) -> None:
    click.echo("threshold  alerts a week  missed" + ("  called none a week    lost" if feedback else ""))
    for each in costs:
        beside = _beside(feedback, each.threshold) if feedback else ""
        click.echo(f"{each.threshold:9.1f}  {each.alerts_a_week:13.2f}  {each.missed:6.1%}{beside}")
    if feedback:
        click.echo(
            f"people judged {feedback.judged} of {len(feedback.surges)} surges told in "
            f"{feedback.weeks:.1f} weeks, and called {feedback.called_none} of them not a surge"
        )
    if chosen is None:
        click.echo(f"no threshold keeps to {per_week:g} a week; the history may be full of true surges")
        return
    click.echo(
        f"{per_week:g} a week: threshold {chosen.threshold:g} "
        f"(PULSE_STREAMS__DETECTOR__THRESHOLD), which misses {chosen.missed:.1%} of planted surges"
    )


def _beside(feedback: Feedback, threshold: float) -> str:
    lost = feedback.lost(threshold)
    return f"  {feedback.called_none_a_week(threshold):18.2f}  {'-' if lost is None else f'{lost:.1%}':>6}"
