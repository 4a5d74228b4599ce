"""A platform with what is needed to break it: links to its servers, a foreign client, its log in sight."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.chaos.disk import Disk, RefusingServer, SmallDisk, small_disk
from deploy.chaos.link import Link, Whose
from deploy.chaos.platform import NotRunning, Platform
from deploy.chaos.processes import ports_of
from deploy.chaos.producer import FileProducer
from deploy.chaos.sender import Parcel, Sender
from deploy.chaos.tables import Tables
from deploy.chaos.tail import Tail
from deploy.errors import OperationFailed
from deploy.example_district import REGISTRY_FILE
from deploy.local.prepare import keep_registry, prepare_platform
from deploy.local.stack import Broker, plan_stack, start_stack
from deploy.settings import load_settings
from deploy.topics import read_epoch

INTAKES: Final = ("intake-1", "intake-2")
WORKERS: Final = (*INTAKES, "weigher", "writer")
BROKER: Final = "broker"
CLICKHOUSE: Final = "clickhouse"
CATCH_UP_SECONDS: Final = 10.0
GLANCE_SECONDS: Final = 1.0
CHECKPOINT_SECONDS: Final = 2.0
"""So often that a weigher which is killed starts from one, and is now and then killed while it makes one."""


@dataclass
class Stage:
    """A platform to break."""

    platform: Platform
    broker: Broker
    links: dict[str, Link]
    tail: Tail
    sender: Sender
    epoch: int
    disk: Disk
    """That ClickHouse's data lie on."""
    producer: FileProducer | None = None
    """Of the run that is on."""
    parcels: list[Parcel] = field(default_factory=list)
    """What was sent beside the producer's file, in this run."""
    mark: str = ""
    """Of this run; part of the ids of all that it sends itself."""

    def clients(self, *names: str) -> Whose:
        """Return who speaks from the ports of these parts, whatever process they are at that time."""

        def is_theirs(port: int) -> bool:
            return any(port in self._ports(name) for name in names)

        return is_theirs

    def tables(self, patience_seconds: float) -> Tables:
        """Return the tables, asked with this much patience, also of a server that is silent."""
        settings = self.platform.settings.sinks
        clickhouse = settings.clickhouse.model_copy(
            update={
                "patience_seconds": patience_seconds,
                "connect_seconds": max(GLANCE_SECONDS, patience_seconds),
                "reply_seconds": max(GLANCE_SECONDS, patience_seconds),
            }
        )
        return Tables(settings.model_copy(update={"clickhouse": clickhouse}), self.epoch)

    def _ports(self, name: str) -> set[int]:
        try:
            return ports_of(self.platform.pid(name))
        except NotRunning:
            return set()


@contextmanager
def staged(directory: Path, broker: Broker, report: Callable[[str], None]) -> Iterator[Stage]:
    """Start a platform with two intake workers in a directory; it ends with the block.

    Raises:
        OperationFailed: a part does not come up.
    """
    keep_registry(directory, REGISTRY_FILE)
    with ExitStack() as ending:
        links: dict[str, Link] = {}

        def through(name: str, port: int) -> int:
            links[name] = ending.enter_context(Link(port))
            return links[name].port

        is_small = ending.enter_context(small_disk(directory / "clickhouse" / "data"))
        deploy = load_settings().deploy.model_copy(
            update={"intake_workers": len(INTAKES), "http_intake": False, "console": False}
        )
        often = {"streams": {"checkpoint_seconds": CHECKPOINT_SECONDS}}
        plan = plan_stack(directory, broker, deploy, through, workers_own=often)
        stack = start_stack(plan, prepare_platform, report, tied=True)
        ending.callback(stack.down)
        platform = Platform(stack, load_settings(plan.forced))
        disk = (
            SmallDisk(directory / "clickhouse" / "data")
            if is_small
            else RefusingServer(platform.settings.sinks)
        )
        yield _stage(platform, broker, links, disk, ending)


def _stage(
    platform: Platform, broker: Broker, links: dict[str, Link], disk: Disk, ending: ExitStack
) -> Stage:
    brokers = platform.settings.streams.brokers
    epoch = read_epoch(brokers)
    if epoch is None:
        raise OperationFailed("the platform came up without topics")
    tail = ending.enter_context(Tail(brokers, epoch))
    tail.catch_up(CATCH_UP_SECONDS)
    sender = ending.enter_context(Sender(brokers, len(tail.log)))
    return Stage(platform, broker, links, tail, sender, epoch, disk)
