"""What the console says of itself."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

STREAMS: Final = Gauge("pulse_console_streams", "Pages that are live now; worry when it nears the setting")
# Worry when the 95th percentile passes a second: what the pages show is as old.
LOOK_SECONDS: Final = Histogram(
    "pulse_console_look_seconds",
    "Time of one look at ClickHouse, by query",
    ["query"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LOOKS_FAILED: Final = Counter(
    "pulse_console_looks_failed_total", "Looks at ClickHouse that failed", ["query"]
)
LOGINS: Final = Counter("pulse_console_logins_total", "Logins by outcome", ["outcome"])
ACTIONS: Final = Counter("pulse_console_actions_total", "Actions on surges that were noted", ["action"])
DECISIONS: Final = Counter(
    "pulse_console_decisions_total", "Decisions of reviews that were noted", ["kind", "verdict"]
)
