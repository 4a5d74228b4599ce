"""What the figures must reach, on a quiet machine of two cores."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A bound of a figure."""

    bound: float
    at_most: bool = False

    def is_met(self, value: float) -> bool:
        """Return whether a measured value keeps the bound."""
        return value <= self.bound if self.at_most else value >= self.bound

    def __str__(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.bound:,g}"


TARGETS = {
    "w_ratio_naive": Target(30),
    "w_ratio_aiokafka": Target(0.95),
    "platform_events_per_second": Target(10_000),
    "visible_500_p50_ms": Target(120, at_most=True),
    "visible_500_p99_ms": Target(250, at_most=True),
    "visible_p50_ms": Target(120, at_most=True),
    "visible_p99_ms": Target(250, at_most=True),
    "alert_p99_s": Target(2, at_most=True),
    "producer_events_per_second": Target(15_000),
    "two_workers_ratio": Target(1.6),
    "worker_rss_mb": Target(600, at_most=True),
    "cost_ratio_estates": Target(1.2, at_most=True),
    "start_seconds": Target(15, at_most=True),
    "tagged_messages_per_second": Target(20_000),
}
