"""One run of the demo over a stack that is up: publish, wait, read back, compare. Prints nothing."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from deploy.commands.verify import verify
from deploy.demo.scoring import Found, SurgeScore, score
from deploy.demo.settling import wait_unchanged, wait_weighed
from deploy.settings import Settings
from producers.publish import Publisher
from producers.replay import Replay, Tally
from producers.sources.synthetic import Truth, district, district_deliveries, district_truth
from sinks.clickhouse import ClickHouse
from sinks.figures import read_figures
from sinks.settings import SinksSettings
from sinks.statements import resolve, split
from sinks.verify import Verification

PATIENCE_SECONDS: Final = 120.0
NAME: Final = "demo"

Advance = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and how far it goes (0: not known)."""


@dataclass(frozen=True)
class DemoResult:
    """What came of it."""

    verification: Verification
    published: dict[str, int]
    """Records by source, as the publisher counted them."""
    figures: dict[str, int | float]
    surges: SurgeScore
    busiest: list[tuple[str, int]]
    """Estates by name with their number of complaints."""
    seconds: float

    @property
    def is_exact(self) -> bool:
        """Whether all that was published is accounted for, and every count is right."""
        seen = {source: tally.published for source, tally in self.verification.account.sources.items()}
        return self.verification.is_exact and seen == self.published


def run_demo(settings: Settings, weigher_metrics: str, seed: int, advance: Advance) -> DemoResult:
    """Stream the example district through a stack and read back what the platform made of it.

    Args:
        settings: where the stack is.
        weigher_metrics: address of the weigher's metrics, which say how far it has come.
        seed: of the district.
        advance: told of progress.

    Raises:
        OperationFailed: the platform does not come to an end with it.
        CannotProduce: Kafka does not take it.
    """
    began = time.monotonic()
    advance("making events", 0, 0)
    truth = district_truth(seed)
    tally = _publish(settings, seed, sum(each.published for each in truth.sources.values()), advance)
    advance("storing and checking", 0, 0)
    verification = verify(settings, wait_seconds=PATIENCE_SECONDS)
    advance("weighing", 0, 0)
    surges = _surges(settings.sinks, weigher_metrics, tally.last_arrival, truth)
    server = ClickHouse(settings.sinks.clickhouse)
    [home] = district().of_level("district")
    return DemoResult(
        verification=verification,
        published=dict(tally.published),
        figures=read_figures(server, settings.sinks, home.id),
        surges=surges,
        busiest=[(name, count) for name, count in server.execute(_own_query("busiest", settings.sinks))],
        seconds=time.monotonic() - began,
    )


def _publish(settings: Settings, seed: int, total: int, advance: Advance) -> Tally:
    producers = settings.producers
    with Publisher(producers.brokers, producers.publish, name=NAME) as publisher:
        replay = Replay(
            publisher,
            tick_seconds=producers.tick_seconds,
            on_progress=lambda tally: advance("publishing", tally.total, total),
        )
        return replay.run(delivery.record() for delivery in district_deliveries(seed))


def _surges(settings: SinksSettings, metrics: str, last: dt.datetime | None, truth: Truth) -> SurgeScore:
    if last is not None:
        wait_weighed(metrics, last, PATIENCE_SECONDS)
    server, statement = ClickHouse(settings.clickhouse), _own_query("surges", settings)
    rows = wait_unchanged(lambda: server.execute(statement), PATIENCE_SECONDS)
    return score([Found(*row) for row in rows], truth.surges, district())


def _own_query(name: str, settings: SinksSettings) -> str:
    [statement] = split(resolve(files("deploy.demo").joinpath(f"{name}.sql").read_text(), settings))
    return statement
