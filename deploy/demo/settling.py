"""Waiting until the platform has done all it has to do with what was published."""

from __future__ import annotations

import datetime as dt
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Final, TypeVar

from prometheus_client.parser import text_string_to_metric_families

from deploy.errors import OperationFailed

Value = TypeVar("Value")
WATERMARK: Final = "pulse_stream_watermark_timestamp_seconds"
POLL_SECONDS: Final = 0.5
QUIET_SECONDS: Final = 2.0
"""The writer inserts about once a second: what does not change for longer is all there is."""


def wait_weighed(metrics_url: str, until: dt.datetime, seconds: float) -> None:
    """Return once the weigher has weighed all minutes before `until` (aware, event time).

    Raises:
        OperationFailed: it has not after that many seconds.
    """
    deadline = time.monotonic() + seconds
    while (weighed := read_metric(metrics_url, WATERMARK)) < until.timestamp():
        if time.monotonic() > deadline:
            at = dt.datetime.fromtimestamp(weighed, dt.UTC)
            raise OperationFailed(
                f"surges are weighed up to {at:%Y-%m-%d %H:%M} UTC only, after {seconds:.0f} s"
            )
        time.sleep(POLL_SECONDS)


def wait_unchanged(read: Callable[[], Value], seconds: float) -> Value:
    """Return what `read` gives once it has not changed for a while, or after that many seconds as it is."""
    deadline = time.monotonic() + seconds
    last = read()
    while time.monotonic() < deadline:
        time.sleep(QUIET_SECONDS)
        now = read()
        if now == last:
            return now
        last = now
    return last


def read_metric(url: str, name: str, timeout_seconds: float = 5.0) -> float:
    """Return a metric without labels from a worker's /metrics; 0 where it does not answer or has none."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_seconds) as answer:  # noqa: S310 - a loopback address of our own
            text = answer.read().decode()
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return 0.0
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name:
                return float(sample.value)
    return 0.0
