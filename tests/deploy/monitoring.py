"""Real Prometheus and Alertmanager for tests, with the project's configuration, and a webhook for both."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from kafka import KafkaProducer

from deploy.local.broker import tansu
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import Program, RunningProgram, running
from deploy.topics import create_topics
from streams.contract import SURGES_TOPIC, Surge, json_encode
from tests.listener import listening

DEPLOY = Path(__file__).parents[2] / "deploy"
PATIENCE_SECONDS = 60.0
RESEND_SECONDS = 0.3
GROUP_WAIT, GROUP_INTERVAL = "500ms", "1s"
QUIET_SECONDS = 2.0
"""Several repeats, and group intervals, which must bring no further notification."""


def tool(name: str) -> str:
    """Return the path of a program of Prometheus' or Alertmanager's package."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"no {name}: `.ci/monitoring .venv` takes it from a package of Debian")
    return found


@dataclass
class Webhook:
    """Keeps what Alertmanager tells, by receiver."""

    url: str = ""
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def hear(self, path: str, body: dict[str, Any]) -> None:
        """Keep a post."""
        self.told.append((path, body))

    def notifications(self, receiver: str = "") -> list[tuple[str, list[str]]]:
        """Return (status, summaries) of each notification, of one receiver or of all."""
        return [
            (body["status"], sorted({each["annotations"]["summary"] for each in body["alerts"]}))
            for path, body in self.told
            if receiver in ("", path.lstrip("/"))
        ]


@contextmanager
def webhook() -> Iterator[Webhook]:
    """Listen as a webhook of Alertmanager."""
    kept = Webhook()
    with listening(kept.hear) as kept.url:
        yield kept


def alertmanager(directory: Path, port: int, told: Webhook) -> Program:
    """Alertmanager with the project's routes and inhibitions; waits of seconds, and one webhook for all."""
    config = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text())
    for receiver in config["receivers"]:
        receiver.pop("email_configs")
        [hook] = receiver["webhook_configs"]
        hook["url"] = f"{told.url}/{receiver['name']}"
    for route in _routes(config["route"]):
        route |= {
            name: wait
            for name, wait in (("group_wait", GROUP_WAIT), ("group_interval", GROUP_INTERVAL))
            if name in route
        }
    directory.mkdir(parents=True, exist_ok=True)
    shutil.copytree(DEPLOY / "alertmanager" / "templates", directory / "templates", dirs_exist_ok=True)
    # Its own templates: see .ci/monitoring. An installed one looks elsewhere, and finds them.
    for template in (Path(tool("alertmanager")).parents[1] / "share" / "alertmanager").glob("*.tmpl"):
        shutil.copy(template, directory)
    (directory / "alertmanager.yml").write_text(yaml.safe_dump(config))
    return Program(
        name="alertmanager",
        command=(
            tool("alertmanager"),
            "--config.file=alertmanager.yml",
            "--storage.path=data",
            f"--web.listen-address={LOOPBACK}:{port}",
            "--cluster.listen-address=",
        ),
        directory=directory,
        is_ready=partial(answers, f"http://{LOOPBACK}:{port}/-/ready"),
    )


def prometheus(directory: Path, port: int, alertmanager_port: int, targets: dict[str, str]) -> Program:
    """Prometheus with the project's rules, told at once; `targets` are job -> host:port."""
    directory.mkdir(parents=True, exist_ok=True)
    for file in (DEPLOY / "prometheus" / "rules").glob("*.yml"):
        rules = yaml.safe_load(file.read_text())
        for rule in (rule for group in rules["groups"] for rule in group["rules"]):
            rule.pop("for", None)
        (directory / file.name).write_text(yaml.safe_dump(rules))
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["pulse*.yml"],
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [target]}]} for job, target in targets.items()
        ],
        "alerting": {
            "alertmanagers": [{"static_configs": [{"targets": [f"{LOOPBACK}:{alertmanager_port}"]}]}]
        },
    }
    (directory / "prometheus.yml").write_text(yaml.safe_dump(config))
    return Program(
        name="prometheus",
        command=(
            tool("prometheus"),
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=data",
            f"--web.listen-address={LOOPBACK}:{port}",
        ),
        directory=directory,
        is_ready=partial(answers, f"http://{LOOPBACK}:{port}/-/ready"),
    )


@dataclass
class Alerting:
    """A broker, an alerter and an Alertmanager, each of which can be ended and started again."""

    brokers: str
    alerter: Program
    alertmanager: Program
    told: Webhook
    broker: RunningProgram
    until: ExitStack

    def restart_broker(self) -> None:
        """Kill the broker and start it on what it kept; the embedded one keeps nothing."""
        self.broker.kill()
        self.broker = self.until.enter_context(running(self.broker.program))

    def publish(self, *surges: Surge) -> None:
        producer = KafkaProducer(bootstrap_servers=self.brokers)
        for each in surges:
            producer.send(SURGES_TOPIC, json_encode(each), key=each.unit.encode(), partition=0)
        producer.flush()
        producer.close()

    def hears(self, count: int, receiver: str, what: str) -> list[tuple[str, list[str]]]:
        """Wait for so many notifications of a receiver, and prove that no more of any come."""
        wait_until(lambda: len(self.told.notifications(receiver)) >= count, what)
        time.sleep(QUIET_SECONDS)
        found = self.told.notifications(receiver)
        assert len(found) == count, found
        return found


@contextmanager
def alerting_in(
    directory: Path, settings: dict[str, str], broker: Callable[[Path, int], Program] = tansu
) -> Iterator[Alerting]:
    """Start a broker with the platform's topics, and prepare the rest.

    Args:
        directory: of all of them.
        settings: the alerter's.
        broker: makes one of a directory and a port.
    """
    port, metrics_port, broker_port = free_ports(3)
    brokers = f"{LOOPBACK}:{broker_port}"
    alerter = Program(
        name="alerter",
        command=(sys.executable, "-m", "deploy.cli", "worker", "alerter"),
        directory=directory / "alerter",
        environment={
            "PULSE_BROKERS": brokers,
            "PULSE_STATE_DIR": str(directory / "no-stack"),
            "PULSE_DEPLOY__METRICS_PORT": str(metrics_port),
            # The embedded broker lets whoever joins a group wait for half of it.
            "PULSE_STREAMS__SESSION_SECONDS": "2",
            "PULSE_SINKS__ALERTS__ALERTMANAGER_URL": f"http://{LOOPBACK}:{port}",
            "PULSE_SINKS__ALERTS__CONSOLE_URL": "https://pulse.example.org",
            "PULSE_SINKS__ALERTS__RESEND_SECONDS": str(RESEND_SECONDS),
            **settings,
        },
        is_ready=partial(answers, f"http://{LOOPBACK}:{metrics_port}/healthz"),
    )
    with ExitStack() as until:
        started = until.enter_context(running(broker(directory / "broker", broker_port)))
        told = until.enter_context(webhook())
        create_topics(brokers)
        teller = alertmanager(directory / "alertmanager", port, told)
        yield Alerting(brokers, alerter, teller, told, started, until)


def answers(url: str) -> bool:
    """Return whether a server answers well there."""
    try:
        return httpx.get(url, timeout=1.0).is_success
    except httpx.TransportError:
        return False


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"gave up waiting until {what}"
        time.sleep(0.1)


def _routes(route: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield route
    for each in route.get("routes", ()):
        yield from _routes(each)
