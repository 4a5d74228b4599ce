"""The alerter: tells Alertmanager of surges, and keeps the ladder."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

import faust

from deploy.settings import Settings
from sinks.alerts.alerter import Alerter
from sinks.alerts.alertmanager import Alertmanager
from sinks.alerts.names import UnitNames
from sinks.alerts.overdue import OverdueRequests
from sinks.alerts.register import register
from sinks.ladder.actions import Actions
from sinks.ladder.keeper import LadderKeeper
from streams.app import batch_topic
from streams.contract import SURGES_TOPIC
from streams.liveness import Waits
from streams.taking import batch_events


def attach(app: faust.App, settings: Settings, epoch: int, waits: Waits) -> None:
    """Give the app the alerter's agent."""
    del epoch  # surges are known by their ids
    alerts = settings.sinks.alerts
    zone = ZoneInfo(settings.sinks.zone)
    alertmanager = Alertmanager(alerts)
    alerter = Alerter(alerts, zone, alertmanager, UnitNames(settings.sinks), waits.on)
    heard = alertmanager if alerts.alertmanager_url else None
    ladder = LadderKeeper(settings.sinks.ladder, zone, Actions(settings.sinks), alerter, heard)
    topic, events = batch_topic(app, SURGES_TOPIC), partial(batch_events, app)
    register(app, alerter, ladder, OverdueRequests(settings.sinks), settings.sinks, topic, events)
