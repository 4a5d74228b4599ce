"""The alert rules: promtool's own unit tests pass, and no rule asks for a metric that nobody shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.grafana.__main__ import DASHBOARDS
from tests.deploy.shown_metrics import METRIC, shown_metrics

PROMETHEUS = Path(__file__).parents[2] / "deploy" / "prometheus"
RECORDED = re.compile(r"\bpulse:[a-z0-9_:]+")
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def rules(kind: str = "alert") -> list[dict[str, Any]]:
    files = sorted((PROMETHEUS / "rules").glob("*.yml"))
    groups = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"] if kind in rule]


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    tool = shutil.which("promtool", path=path)
    if tool is None:
        pytest.skip("no promtool: `.ci/monitoring .venv` takes it from a package of Debian")
    return subprocess.run([tool, *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False)


def test_the_rules_pass_their_unit_tests() -> None:
    tested = promtool("test", "rules", *(str(file) for file in sorted((PROMETHEUS / "tests").glob("*.yml"))))
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_the_configuration_is_sound() -> None:
    checked = promtool("check", "config", "prometheus.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_alert_has_a_unit_test() -> None:
    tests = [yaml.safe_load(file.read_text()) for file in (PROMETHEUS / "tests").glob("*.yml")]
    tested = {
        case["alertname"]
        for file in tests
        for test in file["tests"]
        for case in test["alert_rule_test"]
        if case["exp_alerts"]
    }
    assert {rule["alert"] for rule in rules()} == tested


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_rules_use_only_metrics_that_a_stage_shows(rule: dict[str, Any]) -> None:
    asked = {re.sub(r"_(bucket|sum|count)$", "", name) for name in METRIC.findall(rule["expr"])}
    assert asked <= shown_metrics()


def test_figures_that_rules_and_panels_share_are_recorded() -> None:
    asked = [rule["expr"] for rule in rules()]
    asked += [query.text for each in DASHBOARDS for panel in each.panels() for query in panel.queries]
    used = {name for expression in asked for name in RECORDED.findall(expression)}
    assert used == {rule["record"] for rule in rules("record")}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alert_has_a_page_to_turn_to(rule: dict[str, Any]) -> None:
    file, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert file == "docs/operations.md"
    headings = [
        line.lstrip("# ").lower() for line in OPERATIONS.read_text().splitlines() if line.startswith("#")
    ]
    assert anchor == rule["alert"].lower()
    assert anchor in headings
