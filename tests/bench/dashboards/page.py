"""What a run of the dashboards' queries is printed as."""

from __future__ import annotations

from typing import Final

from rich import box
from rich.table import Table

from tests.bench.dashboards.measuring import TARGET_MS
from tests.bench.dashboards.run import Run

MILLION: Final = 1_000_000


def answers_table(run: Run, machine: str) -> Table:
    """Return what each question cost."""
    size = f"{run.size.facts:,} facts, {run.size.estates:,} estates"
    title = f"{size}, filled in {run.fill_seconds:,.0f} s; {machine}"
    table = Table(
        "query",
        "runs",
        "p50 ms",
        "p95 ms",
        "million rows read",
        "MB read",
        f"under {TARGET_MS:.0f} ms",
        title=title,
        box=box.MARKDOWN,
    )
    for answer in run.answers:
        table.add_row(
            answer.name,
            str(answer.runs),
            f"{answer.p50_ms:,.0f}",
            f"{answer.p95_ms:,.0f}",
            f"{answer.rows_read / MILLION:,.2f}",
            f"{answer.bytes_read / MILLION:,.1f}",
            answer.failure or ("yes" if answer.is_fast else "NO"),
        )
    return table


def storage_table(run: Run) -> Table:
    """Return what the tables take on disk, and for a million facts."""
    table = Table("table", "million rows", "MB on disk", "MB for a million facts", box=box.MARKDOWN)
    for part in run.storage:
        size = part.bytes_on_disk / MILLION
        each = size / (run.size.facts / MILLION)
        table.add_row(part.table, f"{part.rows / MILLION:,.2f}", f"{size:,.1f}", f"{each:,.1f}")
    return table
