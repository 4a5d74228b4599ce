"""Prometheus metrics of the sinks: what a writer process says of itself."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

ROWS: Final = Counter(
    "pulse_sink_rows_total", "Rows that ClickHouse has taken; repeats of a row count again.", ["table"]
)
REFUSED: Final = Counter(
    # Worry about any: it passed the intake, so the intake lets through what the tables cannot hold.
    "pulse_sink_refused_rows_total",
    "Rows that the driver or ClickHouse refused by themselves and that went to the rejected topic.",
    ["table"],
)
RETRIES: Final = Counter(
    # Worry when it rises for minutes: ClickHouse is away or overloaded, and the lag grows.
    "pulse_sink_retries_total",
    "Inserts that were tried again, because the server was away, overloaded, or its reply was lost.",
    ["table"],
)
INSERT_SECONDS: Final = Histogram(
    # Worry when the upper buckets fill: many small parts, a slow disk, or an overloaded server.
    "pulse_sink_insert_seconds",
    "Duration of one insert that succeeded, tries that failed not counted.",
    ["table"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
BATCH_ROWS: Final = Histogram(
    # Worry when most batches are of few rows while lag grows: batching does not work.
    "pulse_sink_batch_rows",
    "Rows of one insert.",
    ["table"],
    buckets=(1, 10, 100, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000),
)
LATENCY: Final = Histogram(
    # Worry when its p99 passes what the operators were promised (docs/operations.md).
    "pulse_sink_latency_seconds",
    "From the moment that an event was appended to the log to its row being visible.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)
LAG: Final = Gauge(
    # Worry when it grows for minutes.
    "pulse_sink_lag_records",
    "Records of the topic's partition that are not yet stored.",
    ["topic", "partition"],
)
STORED_OFFSET: Final = Gauge(
    # Worry when it stands still while pulse_sink_lag_records grows: the writer is dead though it lives.
    "pulse_sink_stored_offset",
    "Offset of complaints.raw below which all of the part is stored.",
    ["partition"],
)
REQUESTS_KEPT: Final = Counter(
    "pulse_requests_kept_total",
    "Requests with new facts that were put together; one that has new facts again counts again.",
)
REQUESTS_BEHIND: Final = Gauge(
    # Worry when it passes a minute: dashboards show requests as they stood then.
    "pulse_requests_behind_seconds",
    "Age of the oldest facts whose requests are not put together yet, when last looked; 0: there are none.",
)
REQUESTS_READ: Final = Gauge(
    # Worry when it is minutes old on every writer: nobody puts requests together.
    "pulse_requests_read_timestamp_seconds",
    "When this writer last looked whether requests have new facts, and had put these together.",
)
REQUESTS_SECONDS: Final = Histogram(
    # Worry when it passes seconds while few requests change: the facts have become dear to read.
    "pulse_requests_keep_seconds",
    "Duration of putting together the requests that have new facts.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
STALE_BATCHES: Final = Counter(
    # A few at each rebalance are usual; a steady rise means that partitions keep moving.
    "pulse_sink_stale_batches_total",
    "Batches of a partition that had moved to another worker meanwhile; they were not acknowledged.",
)
ALERT_POSTS: Final = Counter(
    # Worry about any `refused`: Alertmanager says that an alert is malformed, so it is our fault.
    "pulse_alert_posts_total",
    "Alerts that Alertmanager was posted, repeats of what is open included.",
    ["result"],
)
ALERT_RETRIES: Final = Counter(
    # Worry when it rises for minutes: nobody is told of new surges; none is lost.
    "pulse_alert_retries_total",
    "Posts that Alertmanager did not take, and that were tried again.",
)
ALERT_SECONDS: Final = Histogram(
    # Worry when its p99 passes a few seconds while Alertmanager is there.
    "pulse_alert_seconds",
    "From the moment that a surge's revision was published to Alertmanager having taken its alert.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)
OPEN_ALERTS: Final = Gauge(
    # Compare with pulse_stream_open_surges: fewer, where surges are old or people have closed them.
    "pulse_alert_open",
    "Surges that are told of as open.",
    ["level"],
)
UNREADABLE_SURGES: Final = Counter(
    # Worry about any: another version of the platform writes the topic.
    "pulse_alert_unreadable_total",
    "Records of the topic `surges` that could not be read; the writer keeps them as rejected.",
)
RELAYED: Final = Counter(
    # Worry about `refused`: the robot's address, secret or word is wrong, or it is told too much.
    "pulse_alert_relayed_total",
    "Notifications that were passed on to a robot.",
    ["robot", "result"],
)
LADDER_RAISES: Final = Counter(
    # Compare by level: many at the street mean that communities do not look.
    "pulse_ladder_raises_total",
    "Surges that nobody took up in time and that were raised, by the level that they were raised to.",
    ["level"],
)
LADDER_WAITING: Final = Gauge(
    # Worry when it grows at the district: nobody is above it.
    "pulse_ladder_waiting",
    "Open surges that nobody has taken up, by the level that is asked.",
    ["level"],
)
LADDER_SHARE: Final = Gauge(
    # 问题不出小区率 is that of the level `estate`.
    "pulse_ladder_solved_there_share",
    "Share of a level's surges of the last 30 days that were solved there, without being raised.",
    ["level"],
)
DUE_REQUESTS: Final = Gauge(
    "pulse_requests_due",
    "Open requests that are to be done by a certain time, overdue ones among them.",
    ["street", "name"],
)
OVERDUE_REQUESTS: Final = Gauge(
    # Worry when it is a larger share of pulse_requests_due than it used to be.
    "pulse_requests_overdue",
    "Those of them whose time has passed, by the clock of the data.",
    ["street", "name"],
)
VERIFIED: Final = Gauge(
    # Worry when it is two days old.
    "pulse_verify_timestamp_seconds",
    "When the log and the tables were last compared to the end.",
)
VERIFY_DIFFERENCES: Final = Gauge(
    # Worry about any.
    "pulse_verify_differences",
    "What did not match: missing records, rows without one, counts and requests that the facts do not give.",
    ["kind"],
)
