"""The streams' metrics; each comment says when a person should worry."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# Worry when `outcome` is a reason of rejection and its share rises; an unplaced share above its usual.
EVENTS = Counter("pulse_stream_events_total", "Records taken from complaints.raw", ["source", "outcome"])
# Worry when it stands still while producers publish.
NEXT_OFFSET = Gauge("pulse_stream_next_offset", "Next offset to be taken of a part", ["part"])
# Worry at once: the log kept records for less long than the platform stood still.
LOST_RECORDS = Counter(
    "pulse_stream_lost_records_total", "Records deleted before they were read; see skip_holes", ["part"]
)
# Worry when it is more than a minute behind now while a source is live.
WATERMARK = Gauge("pulse_stream_watermark_timestamp_seconds", "Event time up to which minutes were weighed")
PART_CLOCK = Gauge("pulse_stream_part_clock_timestamp_seconds", "Latest arrival seen in a part", ["part"])
# Worry when it keeps growing for minutes.
LAG = Gauge("pulse_stream_lag_records", "Records of a part that wait to be taken", ["part"])
# Worry when it passes the time in which operators were promised to see an event.
LAG_SECONDS = Gauge(
    "pulse_stream_lag_seconds", "Age of the last record taken of a part, since it was sent", ["part"]
)
BATCH_RECORDS = Histogram(
    "pulse_stream_batch_records", "Records in a batch", buckets=(1, 10, 100, 500, 1000, 2500, 5000, 10000)
)
# Worry when it nears the session timeout.
BATCH_SECONDS = Histogram(
    "pulse_stream_batch_seconds",
    "Duration of one batch, from read to acknowledged",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REBUILDS = Counter("pulse_stream_rebuilds_total", "Times a part's state was rebuilt from facts", ["stage"])
REBUILD_SECONDS = Gauge("pulse_stream_rebuild_seconds", "Duration of the last rebuild", ["stage"])
REBUILT_EVENTS = Gauge("pulse_stream_rebuilt_events", "Events the last rebuild read", ["stage"])
# Worry when `failed` rises: a restart would have to replay all that came since the last one kept.
CHECKPOINTS = Counter(
    "pulse_weigher_checkpoints_total",
    "Checkpoints of the weigher: kept, failed, loaded, refused; none: a start had to replay all facts",
    ["result"],
)
CHECKPOINT_MOMENT = Gauge(
    "pulse_weigher_checkpoint_timestamp_seconds", "Event time up to which the last checkpoint kept goes"
)
CHECKPOINT_BYTES = Gauge("pulse_weigher_checkpoint_bytes", "Size of the last checkpoint kept")
CHECKPOINT_HOLD_SECONDS = Histogram(
    "pulse_weigher_checkpoint_hold_seconds",
    "How long the weigher was held up for a checkpoint",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
# Worry when surges of a high level open.
OPEN_SURGES = Gauge("pulse_stream_open_surges", "Surges that are open", ["level"])
SURGES = Counter("pulse_stream_surges_total", "Surge changes published", ["level", "state"])
# Worry where there is one: its messages may be lost on their way here.
SILENT_SECONDS = Gauge(
    "pulse_weigher_silent_seconds",
    "How long a busy unit has sent nothing, where chance does not explain it; at most twenty units",
    ["level", "unit"],
)
STALE_BATCHES = Counter(
    "pulse_stream_stale_batches_total", "Batches not acknowledged, since their partitions had moved on"
)
# Worry when it passes a minute: the worker stands still, and ends at the setting stall_seconds.
QUIET_SECONDS = Gauge(
    "pulse_worker_quiet_seconds", "For how long this worker has stood still though the log grew"
)
# Worry when no look has seen anything for minutes: the broker does not answer, or not to this worker.
LOOKS = Counter("pulse_worker_looks_total", "Looks of the watch at this worker's progress", ["result"])
