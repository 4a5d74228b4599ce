"""Apache Kafka in KRaft mode as a child process: one broker that is its own controller, on loopback.

Unlike the embedded broker it keeps its topics on disk, restarts on them, and is what real deployments run.
"""

from __future__ import annotations

import base64
import string
import subprocess
import uuid
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Final

from deploy.errors import PartUnavailable
from deploy.local.broker import answers_metadata
from deploy.local.kafka_jars import fetch_jars, find_java
from deploy.local.ports import LOOPBACK
from deploy.local.program import Program

HEAP: Final = ("-Xms128m", "-Xmx512m")
FORMAT_SECONDS: Final = 60


def apache_kafka(directory: Path, port: int, controller_port: int, reached_by: int | None = None) -> Program:
    """Return Apache Kafka as a program that listens on 127.0.0.1:`port`; its data in the directory stay.

    Args:
        directory: of its data.
        port: to listen on.
        controller_port: another, which it speaks with itself on.
        reached_by: the port that clients are told to come to, where it is not `port`.

    Raises:
        PartUnavailable: Java, Maven or the jars cannot be had, or the directory cannot be made ready.
    """
    java, class_path = find_java(), f"{fetch_jars()}/*"
    properties = _write_properties(
        directory, port=port, controller_port=controller_port, reached_by=reached_by or port
    )
    if not (directory / "data" / "meta.properties").exists():
        _format(java, class_path, properties)
    return Program(
        name="broker",
        command=(java, *HEAP, "-cp", class_path, "kafka.Kafka", str(properties)),
        directory=directory,
        is_ready=partial(answers_metadata, f"{LOOPBACK}:{port}"),
        stop_seconds=30,  # it hands over its partitions and closes its logs first
    )


def _write_properties(directory: Path, **ports: int) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    template = string.Template(files("deploy").joinpath("kafka/server.properties").read_text())
    properties = directory / "server.properties"
    properties.write_text(template.substitute(data=directory / "data", **ports))
    return properties


def _format(java: str, class_path: str, properties: Path) -> None:
    """Make an empty log directory into a KRaft one, once, under a new cluster id."""
    cluster = "-"
    while cluster.startswith("-"):  # it would be read as an option
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    tool = [
        java,
        "-cp",
        class_path,
        "kafka.tools.StorageTool",
        "format",
        "-t",
        cluster,
        "-c",
        str(properties),
    ]
    made = subprocess.run(tool, capture_output=True, text=True, check=False, timeout=FORMAT_SECONDS)
    if made.returncode != 0:
        lines = (made.stdout + made.stderr).strip().splitlines() or ["no message"]
        raise PartUnavailable(f"Apache Kafka's data directory cannot be made: {lines[-1]}")
