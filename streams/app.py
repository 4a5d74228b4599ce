"""Builds Faust apps, on the batch transport unless told otherwise, with what makes them exact and quick."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import faust
from faust.types import TP, TopicT

from streams.batches import BatchTransport
from streams.settings import StreamsSettings

METADATA_SECONDS = 10
"""Age at which a consumer asks anew which partitions there are. A broker that was just started answers
before it knows its topics: a group that shares them out at that moment has nothing to share, and finds out
by the next answer. By default that takes five minutes."""
QUEUED_BATCHES = 4
"""Batches that wait for the agent, at most: the bounded queue is the back-pressure."""


def build_app(group: str, settings: StreamsSettings) -> faust.App:
    """Return an app of this consumer group: no web server, no tables, crash on an agent's error.

    Faust's own offset for a failed agent is to skip its event (hazard 2): here the process ends instead, and
    whoever supervises it starts it again from what is committed.
    """
    by_batches = settings.transport == "batches"
    app = faust.App(
        group,
        broker=f"kafka://{settings.brokers.replace(',', ';kafka://')}",
        agent_supervisor="mode.CrashingSupervisor",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        store="memory://",
        # Nothing is kept there, but Faust makes it at every start, in the working directory by default.
        datadir=str(Path(tempfile.gettempdir()) / f"pulse-faust-{os.getuid()}-{group}"),
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=METADATA_SECONDS * 1000,
        broker_commit_interval=settings.commit_seconds,
        broker_max_poll_records=settings.batch_records,
        consumer_max_fetch_size=8 * 1024 * 1024,
        # Back-pressure may hold a batch as long as ClickHouse is away: no reason to lose the group.
        broker_max_poll_interval=24 * 3600.0,
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.session_seconds / 3,
        broker_request_timeout=max(40.0, settings.session_seconds * 2),
        stream_buffer_maxsize=QUEUED_BATCHES if by_batches else settings.batch_records,
        # A batch in flight at a rebalance is harmless to repeat; waiting for it may hold the whole group.
        stream_wait_empty=False,
        stream_processing_timeout=24 * 3600.0,
        worker_redirect_stdouts=False,
    )
    if by_batches:
        app.transport = BatchTransport(app.conf.broker_consumer, app, loop=app.loop)
    return app


def batch_topic(app: faust.App, name: str) -> TopicT:
    """Return a topic whose items are lists of records, taken by `streams.taking`."""
    return app.topic(name, key_serializer="raw", value_serializer="raw")


def assigned_parts(assignment: set[TP], topic: str) -> list[int]:
    """Return the assigned partitions of one topic, ascending."""
    return sorted(tp.partition for tp in assignment if tp.topic == topic)
