"""The intake worker: validates, tags and counts."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

import faust

from deploy.roles.output import output_of
from deploy.settings import Settings
from sinks.facts import Facts
from streams.calendar import LocalCalendar
from streams.intake import Intake, register
from streams.liveness import Waits
from streams.registry_log import read_registry_document
from streams.toolshelf import ToolShelf


def attach(app: faust.App, settings: Settings, epoch: int, waits: Waits) -> None:
    """Give the app the intake's agent."""
    output = output_of(app, settings.streams.brokers)
    shelf = ToolShelf(partial(read_registry_document, settings.streams.brokers))
    calendar = LocalCalendar(ZoneInfo(settings.streams.zone))
    intake = Intake(epoch, Facts(settings.sinks), shelf, output, settings.streams, calendar, waits)
    register(app, intake, epoch)
