"""How the platform gets on: a page for people on duty, by the metrics of its processes."""

from __future__ import annotations

from typing import Final

from deploy.grafana.dashboard import Dashboard, Row, lines, stat

RATE: Final = "$__rate_interval"


def _p(share: float, histogram: str, by: str = "") -> str:
    """Return PromQL for a quantile of a histogram."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({histogram}_bucket[{RATE}])))"


def _rate(counter: str, by: str) -> str:
    return f"sum by ({by}) (rate({counter}[{RATE}]))"


def _or_none(query: str) -> str:
    """Return PromQL that is 0 as long as what it counts has not happened: there is no series yet."""
    return f"{query} or vector(0)"


HEALTH: Final = Dashboard(
    uid="pulse-health",
    title="estate-pulse: health",
    since="now-3h",
    refresh="10s",
    rows=(
        Row(
            "At a glance",
            4,
            (
                stat("Processes down", 'count(up{job=~"pulse-.*"} == 0) or vector(0)', worry=1),
                stat(
                    "Alerts that fire",
                    'count(ALERTS{alertname=~"Pulse.*", alertstate="firing"}) or vector(0)',
                    worry=1,
                ),
                stat(
                    "Log to visible row, p99",
                    "pulse:sink_latency_seconds:p99_5m",
                    unit="s",
                    worry=30,
                ),
                stat(
                    "Surges are behind",
                    "time() - max(pulse_stream_watermark_timestamp_seconds)",
                    unit="s",
                    worry=300,
                    hint="Age of the minute up to which was weighed. A replay is as old as its data.",
                ),
                stat("Events in an hour", "sum(increase(pulse_stream_events_total[1h]))"),
                stat("Open surges", _or_none("sum(pulse_stream_open_surges)")),
            ),
        ),
        Row(
            "Intake",
            8,
            (
                lines(
                    "Events a second, by source", (_rate("pulse_stream_events_total", "source"), "{{source}}")
                ),
                lines(
                    "Events a second, by outcome",
                    (_rate("pulse_stream_events_total", "outcome"), "{{outcome}}"),
                ),
                lines(
                    "Records that wait, by part",
                    ("sum by (part) (pulse_stream_lag_records)", "part {{part}}"),
                ),
                lines(
                    "Age of the last record taken", ("max(pulse_stream_lag_seconds)", "oldest part"), unit="s"
                ),
                lines(
                    "Time of a batch",
                    (_p(0.5, "pulse_stream_batch_seconds"), "p50"),
                    (_p(0.99, "pulse_stream_batch_seconds"), "p99"),
                    unit="s",
                ),
            ),
        ),
        Row(
            "Store",
            8,
            (
                lines("Rows a second, by table", (_rate("pulse_sink_rows_total", "table"), "{{table}}")),
                lines(
                    "Time of an insert, p99",
                    (_p(0.99, "pulse_sink_insert_seconds", "table"), "{{table}}"),
                    unit="s",
                ),
                lines(
                    "Log to visible row",
                    (_p(0.5, "pulse_sink_latency_seconds"), "p50"),
                    (_p(0.99, "pulse_sink_latency_seconds"), "p99"),
                    unit="s",
                ),
                lines(
                    "Records that wait, by topic", ("sum by (topic) (pulse_sink_lag_records)", "{{topic}}")
                ),
                lines(
                    "Requests behind their facts",
                    ("max(pulse_requests_behind_seconds)", "oldest facts"),
                    (_or_none(_p(0.99, "pulse_requests_keep_seconds")), "time to take up, p99"),
                    unit="s",
                ),
                lines(
                    "Trouble",
                    (_or_none(f"sum(increase(pulse_sink_retries_total[{RATE}]))"), "inserts tried again"),
                    (_or_none(f"sum(increase(pulse_sink_refused_rows_total[{RATE}]))"), "rows refused"),
                    (f"sum(increase(pulse_sink_stale_batches_total[{RATE}]))", "stale batches"),
                ),
            ),
        ),
        Row(
            "Surges, alerts and the ladder",
            8,
            (
                lines(
                    "Open surges, by level",
                    (_or_none("sum by (level) (pulse_stream_open_surges)"), "{{level}}"),
                ),
                lines("Told of as open, by level", ("sum by (level) (pulse_alert_open)", "{{level}}")),
                lines(
                    "Not taken up, by the level asked", ("max by (level) (pulse_ladder_waiting)", "{{level}}")
                ),
                lines(
                    "Alerts",
                    (_or_none(f"sum(rate(pulse_alert_posts_total[{RATE}]))"), "posts a second"),
                    (f"sum(increase(pulse_alert_retries_total[{RATE}]))", "tries again"),
                    (_or_none(f"sum(increase(pulse_ladder_raises_total[{RATE}]))"), "raised"),
                ),
                lines(
                    "Solved at its own level (30 days)",
                    (_or_none("max by (level) (pulse_ladder_solved_there_share)"), "{{level}}"),
                    unit="percentunit",
                    hint="Of estates: 问题不出小区率.",
                ),
            ),
        ),
        Row(
            "HTTP intake and console",
            8,
            (
                lines(
                    "Requests a second, by status",
                    (_or_none(_rate("pulse_intake_requests_total", "status")), "{{status}}"),
                ),
                lines("Kafka takes ticks", ("min(pulse_intake_kafka_up)", "yes = 1")),
                lines("Live pages of the console", ("sum(pulse_console_streams)", "pages")),
                lines(
                    "A look of the console, p95",
                    (_p(0.95, "pulse_console_look_seconds", "query"), "{{query}}"),
                    unit="s",
                ),
                lines(
                    "Log-ins in 5 minutes",
                    (_or_none("sum by (outcome) (increase(pulse_console_logins_total[5m]))"), "{{outcome}}"),
                ),
            ),
        ),
        Row(
            "Processes",
            8,
            (
                lines(
                    "Memory",
                    ('process_resident_memory_bytes{job=~"pulse-.*"}', "{{job}} {{instance}}"),
                    unit="bytes",
                ),
                lines(
                    "Cores",
                    (f'rate(process_cpu_seconds_total{{job=~"pulse-.*"}}[{RATE}])', "{{job}} {{instance}}"),
                ),
                lines("Stands still for", ("max by (job) (pulse_worker_quiet_seconds)", "{{job}}"), unit="s"),
                lines(
                    "Rebuilds in an hour",
                    (_or_none("sum by (stage) (increase(pulse_stream_rebuilds_total[1h]))"), "{{stage}}"),
                ),
            ),
        ),
    ),
)
