"""Which metrics the processes show: the names in the `metrics.py` of each stage and of the console."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

MODULES = ("producers.metrics", "streams.metrics", "sinks.metrics", "deploy.console.metrics")
METRIC = re.compile(r"\bpulse_[a-z_]+\b")


def shown_metrics() -> set[str]:
    """Return their names, without the suffixes that Prometheus gives to what a histogram consists of."""
    names: set[str] = set()
    for module in MODULES:
        names |= {*METRIC.findall(Path(str(importlib.import_module(module).__file__)).read_text())}
    return names
