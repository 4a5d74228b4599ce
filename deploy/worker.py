"""Runs one worker process of a role: builds its Faust app, hands it its parts, and stays until it ends.

Roles: `intake` tags and counts, `weigher` finds surges, `writer` stores. A failure ends the process with a
non-zero code; whoever supervises it (local stack, systemd, Kubernetes) starts it again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

import faust
import uvloop

from deploy.errors import OperationFailed
from deploy.serving import serve_metrics
from deploy.settings import Settings
from deploy.topics import partitions_of, read_epoch
from producers.contract import RAW_TOPIC
from sinks.agents import WriterAgents
from sinks.agents import register as register_writer
from sinks.facts import Facts
from sinks.sink import ClickHouseSink
from streams.app import batch_topic, build_app
from streams.calendar import LocalCalendar
from streams.intake import Intake
from streams.intake import register as register_intake
from streams.output import Output
from streams.registry_log import read_registry_document
from streams.surges.detector import Detector
from streams.toolshelf import ToolShelf
from streams.weigher import Weigher
from streams.weigher import register as register_weigher

log = logging.getLogger(__name__)

GROUPS: Final = {"intake": "pulse-intake", "weigher": "pulse-weigher", "writer": "pulse-writer"}
"""The consumer group of each role."""
CHATTY: Final = ("aiokafka", "faust", "mode", "kafka")
"""Libraries whose DEBUG calls cost time even where nothing is printed."""


def run_worker(role: str, settings: Settings) -> NoReturn:
    """Run one worker until a signal or a failure ends it.

    Args:
        role: `intake`, `weigher` or `writer`.
        settings: of all stages; each gets its own.

    Raises:
        SystemExit: always; code 0 after a signal, another after a failure.
        OperationFailed: there are no topics yet.
    """
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    epoch = read_epoch(settings.streams.brokers)
    if epoch is None:
        raise OperationFailed("the topics are missing; run `pulse migrate` first")
    app = build_app(GROUPS[role], settings.streams)
    ROLES[role](app, settings, epoch)
    serve_metrics(settings.deploy.metrics_host, settings.deploy.metrics_port, role)
    log.info("%s starts, epoch %d", role, epoch)
    worker = faust.Worker(app, loglevel="INFO", quiet=True, redirect_stdouts=False)
    worker.execute_from_commandline()
    raise SystemExit(0)


def _intake(app: faust.App, settings: Settings, epoch: int) -> None:
    output = _output(app, settings)
    shelf = ToolShelf(partial(read_registry_document, settings.streams.brokers))
    calendar = LocalCalendar(ZoneInfo(settings.streams.zone))
    intake = Intake(epoch, Facts(settings.sinks), shelf, output, settings.streams, calendar)
    register_intake(app, intake, epoch)


def _weigher(app: faust.App, settings: Settings, epoch: int) -> None:
    output = _output(app, settings)
    parts = partitions_of(settings.streams.brokers, RAW_TOPIC)
    new_detector = partial(Detector, settings.streams.detector, ZoneInfo(settings.streams.zone))
    weigher = Weigher(epoch, parts, Facts(settings.sinks), output, settings.streams, new_detector)
    register_weigher(app, weigher)


def _writer(app: faust.App, settings: Settings, epoch: int) -> None:
    del epoch  # rows carry theirs
    stopping = threading.Event()
    sink = ClickHouseSink(settings.sinks, stopping)
    agents = WriterAgents(sink, Facts(settings.sinks), _output(app, settings))
    register_writer(app, agents, settings.sinks, partial(batch_topic, app))

    @app.on_before_shutdown.connect
    async def stop_waiting(*_: Any, **__: Any) -> None:
        stopping.set()  # ends the wait for a ClickHouse that is away: nothing of it is acknowledged


def _output(app: faust.App, settings: Settings) -> Output:
    output = Output(settings.streams.brokers)

    @app.on_before_shutdown.connect
    async def stop(*_: Any, **__: Any) -> None:
        await output.stop()

    return output


ROLES: Final[dict[str, Callable[[faust.App, Settings, int], None]]] = {
    "intake": _intake,
    "weigher": _weigher,
    "writer": _writer,
}
