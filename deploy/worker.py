"""Runs one worker process of a role: builds its Faust app, hands it its parts, and stays until it ends.

A failure ends the process with a non-zero code, and so does standing still (`streams/liveness.py`); whoever
supervises it (local stack, systemd, Kubernetes) starts it again.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from importlib import import_module
from typing import Final, NoReturn

import faust
import uvloop

from deploy.errors import OperationFailed
from deploy.serving import serve_metrics
from deploy.settings import Settings
from deploy.topics import read_epoch
from streams.app import build_app
from streams.liveness import Waits
from streams.watchdog import Watchdog

log = logging.getLogger(__name__)

ROLES: Final = {
    "intake": "pulse-intake",
    "weigher": "pulse-weigher",
    "writer": "pulse-writer",
    "alerter": "pulse-alerter",
}
"""The consumer group of each role; what a role does stands in deploy/roles/."""
CHATTY: Final = ("aiokafka", "faust", "mode", "kafka")
"""Libraries whose DEBUG calls cost time even where nothing is printed."""
GC_OBJECTS: Final = 100_000
"""Objects made, and not freed, between two looks for cycles among the youngest."""


def run_worker(role: str, settings: Settings) -> NoReturn:
    """Run one worker until a signal or a failure ends it.

    Args:
        role: one of `ROLES`.
        settings: of all stages; each gets its own.

    Raises:
        SystemExit: always; code 0 after a signal, another after a failure.
        OperationFailed: there are no topics yet.
    """
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Batches make and drop millions of small lists that hold no cycles: looking for some in the registry and
    # the state, 700 objects apart as Python does by default, took more time than the counting itself.
    gc.set_threshold(GC_OBJECTS, 20, 100)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    epoch = read_epoch(settings.streams.brokers)
    if epoch is None:
        raise OperationFailed("the topics are missing; run `pulse migrate` first")
    app, waits = build_app(ROLES[role], settings.streams), Waits()
    import_module(f"deploy.roles.{role}").attach(app, settings, epoch, waits)
    watchdog = Watchdog(app, settings.streams, waits)
    serve_metrics(settings.deploy.metrics_host, settings.deploy.metrics_port, role, watchdog.health)
    watchdog.start()
    log.info("%s starts, epoch %d", role, epoch)
    worker = faust.Worker(app, loglevel="INFO", quiet=True, redirect_stdouts=False)
    worker.execute_from_commandline()
    raise SystemExit(0)
