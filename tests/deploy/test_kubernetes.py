"""The Kubernetes manifest, where no cluster is: it starts commands that there are, probes what they serve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.serving import HEALTH_PATH
from deploy.settings import known_variables
from deploy.sources import NOT_SETTINGS
from deploy.worker import ROLES

MANIFEST = Path(__file__).parents[2] / "deploy" / "kubernetes" / "workers.yaml"
DEPLOYMENTS: list[dict[str, Any]] = [*yaml.safe_load_all(MANIFEST.read_text())]


def container(deployment: dict[str, Any]) -> dict[str, Any]:
    [found] = deployment["spec"]["template"]["spec"]["containers"]
    return dict(found)


def test_every_role_is_deployed() -> None:
    assert {tuple(container(each)["args"]) for each in DEPLOYMENTS} == {("worker", role) for role in ROLES}


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["metadata"]["name"])
def test_a_worker_that_stands_still_is_started_again_and_has_few_rights(deployment: dict[str, Any]) -> None:
    found = container(deployment)
    [port] = found["ports"]
    for probe in ("startupProbe", "livenessProbe"):
        assert found[probe]["httpGet"] == {"path": HEALTH_PATH, "port": port["name"]}
    assert found["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert found["securityContext"]["readOnlyRootFilesystem"]
    variables = {each["name"]: each["value"] for each in found["env"]}
    assert variables.keys() <= {*known_variables(), *NOT_SETTINGS}
    assert variables["PULSE_DEPLOY__METRICS_PORT"] == str(port["containerPort"])
    labels = deployment["spec"]["selector"]["matchLabels"]
    assert labels == deployment["spec"]["template"]["metadata"]["labels"]
