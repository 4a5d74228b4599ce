"""The demo's summary: one object for machines, tables for people."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console
from rich.table import Table

from deploy.demo.run import DemoResult
from deploy.local.stack import Stack

SAMPLE_QUERY: Final = (
    "SELECT name, sum(opened) FROM bi.unit_counts WHERE level = 'street' AND grain = 'day' GROUP BY name"
)


def as_tree(result: DemoResult) -> dict[str, Any]:
    """Return the summary as JSON can hold it."""
    return {
        "sources": {
            name: {
                "published": result.published.get(name, 0),
                "stored": tally.stored,
                "duplicates": tally.duplicates,
                "rejected": tally.rejected,
            }
            for name, tally in sorted(result.verification.account.sources.items())
        },
        "exact": result.is_exact,
        "counts_compared": result.verification.counts.compared,
        "figures": result.figures,
        "surges": {
            "planted": result.surges.planted,
            "found": result.surges.found,
            "false": result.surges.false,
        },
        "seconds": round(result.seconds, 1),
    }


def print_summary(result: DemoResult, stack: Stack, console: Console) -> None:
    """Print what came of it, and where to look."""
    console.print(_sources(result))
    console.print(_busiest(result), _figures(result))
    console.print(_verdict(result), highlight=False)
    console.print(_where(stack), highlight=False, markup=False)


def _sources(result: DemoResult) -> Table:
    table = Table(title="Events")
    for column in ("source", "published", "stored", "duplicates", "rejected"):
        table.add_column(column, justify="left" if column == "source" else "right")
    for name, numbers in as_tree(result)["sources"].items():
        table.add_row(name, *(f"{number:,}" for number in numbers.values()))
    return table


def _busiest(result: DemoResult) -> Table:
    table = Table("estate", title="Most complaints")
    table.add_column("complaints", justify="right")
    for name, count in result.busiest:
        table.add_row(name, f"{count:,}")
    return table


def _figures(result: DemoResult) -> Table:
    table = Table("figure", title="The district's figures, from the views for BI")
    table.add_column("value", justify="right")
    for name, value in result.figures.items():
        table.add_row(name, f"{value:,}" if isinstance(value, int) else f"{value:,.2f}")
    return table


def _verdict(result: DemoResult) -> str:
    surges = result.surges
    missed = f" (missed: {', '.join(surges.missed)})" if surges.missed else ""
    accounted = "all accounted for" if result.is_exact else "[red]NOT all accounted for[/red]"
    compared = f"{result.verification.counts.compared:,} unit counts compared with the facts"
    return (
        f"[bold]{accounted}[/bold]; {compared}; "
        f"surges: {surges.planted} planted, {surges.found} found{missed}, {surges.false} false; "
        f"{result.seconds:.1f} s"
    )


def _where(stack: Stack) -> str:
    state = stack.state
    clickhouse, console = state.settings["sinks"]["clickhouse"], state.settings["console"]
    lines = [
        f"Console      http://{console['host']}:{console['port']} (no login: this machine only)",
        f"ClickHouse   {clickhouse['host']}:{clickhouse['port']} (native), {state.clickhouse_http}/play",
        f"  users and passwords in {stack.directory / 'clickhouse' / 'passwords.json'}; try as bi:",
        f"  {SAMPLE_QUERY}",
        f"Kafka        {state.settings['brokers']} ({state.broker})",
        *(f"metrics      {address} ({name})" for name, address in state.metrics.items()),
        f"logs         {stack.logs}",
    ]
    return "\n".join(lines)
