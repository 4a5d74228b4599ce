"""The dashboards as files: what is written is what the code says, and all of it can be found."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.grafana.__main__ import DASHBOARDS
from deploy.grafana.dashboard import PLUGINS, Dashboard, Source, as_json
from tests.deploy.shown_metrics import METRIC, shown_metrics

GRAFANA = Path(__file__).parents[2] / "deploy" / "grafana"


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_the_file_is_what_the_code_says(dashboard: Dashboard) -> None:
    kept = (GRAFANA / "dashboards" / f"{dashboard.uid}.json").read_text()
    assert kept == as_json(dashboard), "write it anew: python -m deploy.grafana"


def test_every_source_is_provided_as_the_plugin_that_panels_name() -> None:
    provided = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "pulse.yaml").read_text())
    assert {each["uid"]: each["type"] for each in provided["datasources"]} == {
        source.value: plugin for source, plugin in PLUGINS.items()
    }


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_panels_have_numbers_and_places_of_their_own(dashboard: Dashboard) -> None:
    panels: list[dict[str, Any]] = json.loads(as_json(dashboard))["panels"]
    assert len({each["id"] for each in panels}) == len(panels)
    for one, other in combinations((each["gridPos"] for each in panels), 2):
        is_beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        is_apart = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert is_beside or is_apart, (one, other)
        assert one["x"] + one["w"] <= 24


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_panels_ask_only_for_metrics_that_are_shown(dashboard: Dashboard) -> None:
    panels = [panel for panel in dashboard.panels() if panel.source is Source.PROMETHEUS]
    queries = [query.text for panel in panels for query in panel.queries]
    asked = {re.sub(r"_(bucket|sum|count)$", "", name) for query in queries for name in METRIC.findall(query)}
    assert asked <= shown_metrics()
