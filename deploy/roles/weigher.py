"""The weigher: finds surges."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

import faust

from deploy.roles.output import output_of
from deploy.settings import Settings
from deploy.topics import partitions_of
from producers.contract import RAW_TOPIC
from sinks.checkpoints import Checkpoints
from sinks.facts import Facts
from streams.checkpointing import Checkpointing
from streams.liveness import Waits
from streams.surges.detector import Detector
from streams.weigher import Weigher, register


def attach(app: faust.App, settings: Settings, epoch: int, waits: Waits) -> None:
    """Give the app the weigher's agent."""
    output = output_of(app, settings.streams.brokers)
    parts = partitions_of(settings.streams.brokers, RAW_TOPIC)
    new_detector = partial(Detector, settings.streams.detector, ZoneInfo(settings.streams.zone))
    seconds, zone = settings.streams.checkpoint_seconds, settings.streams.zone
    checkpoints = Checkpointing(epoch, zone, seconds, Checkpoints(settings.sinks), new_detector)
    weigher = Weigher(epoch, parts, Facts(settings.sinks), output, settings.streams, checkpoints, waits)
    register(app, weigher)
