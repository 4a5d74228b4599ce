"""The Kubernetes manifest, where no cluster is: it starts commands that there are, probes what they serve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.console.settings import ConsoleSettings
from deploy.serving import HEALTH_PATH
from deploy.settings import known_variables
from deploy.sources import NOT_SETTINGS
from deploy.worker import ROLES
from tests.deploy.commands import assert_pulse_takes

MANIFESTS = Path(__file__).parents[2] / "deploy" / "kubernetes"
OBJECTS: list[dict[str, Any]] = [
    each for file in sorted(MANIFESTS.glob("*.yaml")) for each in yaml.safe_load_all(file.read_text())
]
DEPLOYMENTS = [each for each in OBJECTS if each["kind"] == "Deployment"]


def container(deployment: dict[str, Any]) -> dict[str, Any]:
    [found] = deployment["spec"]["template"]["spec"]["containers"]
    return dict(found)


def test_every_role_is_deployed() -> None:
    started = {tuple(container(each)["args"][:2]) for each in DEPLOYMENTS}
    assert started == {*(("worker", role) for role in ROLES), ("console", "--host"), ("verify", "--every")}
    for each in DEPLOYMENTS:
        assert_pulse_takes(container(each)["args"])


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["metadata"]["name"])
def test_a_worker_that_stands_still_is_started_again_and_has_few_rights(deployment: dict[str, Any]) -> None:
    found = container(deployment)
    [port] = [each for each in found["ports"] if each["name"] == "metrics"]
    is_console = found["name"] == "console"
    probed = (
        {"path": "/login", "port": "pages"} if is_console else {"path": HEALTH_PATH, "port": port["name"]}
    )
    for probe in ("startupProbe", "livenessProbe"):
        assert found[probe]["httpGet"] == probed
    assert found["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert found["securityContext"]["readOnlyRootFilesystem"]
    variables = {each["name"]: each["value"] for each in found["env"]}
    assert variables.keys() <= {*known_variables(), *NOT_SETTINGS}
    assert variables["PULSE_DEPLOY__METRICS_PORT"] == str(port["containerPort"])
    labels = deployment["spec"]["selector"]["matchLabels"]
    assert labels == deployment["spec"]["template"]["metadata"]["labels"]


def test_a_service_leads_to_the_pages() -> None:
    [service] = [each for each in OBJECTS if each["kind"] == "Service"]
    [console] = [each for each in DEPLOYMENTS if container(each)["args"][0] == "console"]
    assert service["spec"]["selector"] == console["spec"]["selector"]["matchLabels"]
    [port] = service["spec"]["ports"]
    pages = {each["name"]: each["containerPort"] for each in container(console)["ports"]}
    assert pages[port["targetPort"]] == ConsoleSettings().port
