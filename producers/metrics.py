"""Metrics of the producers; each process makes its own set on a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class PublishMetrics:
    """What the publisher has done."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.published = Counter(
            "pulse_producer_records_published_total",
            "Records handed to Kafka. Worry where it stands still while a source sends.",
            registry=registry,
        )
        self.acknowledged = Counter(
            "pulse_producer_records_acknowledged_total",
            "Records that Kafka has acknowledged. Worry where it stays behind those published.",
            registry=registry,
        )
        self.failed = Counter(
            "pulse_producer_records_failed_total",
            "Records that Kafka did not take. Worry at the first: they have to be published again.",
            registry=registry,
        )
        self.waiting_bytes = Gauge(
            "pulse_producer_waiting_bytes",
            "Bytes that await Kafka's acknowledgement. Worry where it stays at the limit.",
            registry=registry,
        )
        self.ticks = Counter(
            "pulse_producer_ticks_total",
            "Ticks sent, one for all partitions. Worry where it stands still: surges wait for the clock.",
            registry=registry,
        )


class IntakeMetrics:
    """What the HTTP intake has answered."""

    def __init__(self, registry: CollectorRegistry, sources: frozenset[str]) -> None:
        self._sources = sources
        self.requests = Counter(
            "pulse_intake_requests_total",
            "Requests by status code. Worry about 503 (Kafka is away) and 429 (Kafka is slow).",
            ["status"],
            registry=registry,
        )
        self.events = Counter(
            "pulse_intake_events_total",
            "Events by source and outcome. Worry where refused ones rise: a source has changed its format.",
            ["source", "outcome"],
            registry=registry,
        )
        self.seconds = Histogram(
            "pulse_intake_request_seconds",
            "Seconds from request to answer, Kafka's acknowledgement included. Worry above 1 s at p99.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
            registry=registry,
        )
        self.kafka_up = Gauge(
            "pulse_intake_kafka_up",
            "1 where Kafka took the last tick, 0 where not. Worry at 0 for a minute.",
            registry=registry,
        )

    def count_events(self, source: str, outcome: str, events: int) -> None:
        """Count events of one request; sources are those of the settings, so labels are bounded."""
        if events:
            self.events.labels(source if source in self._sources else "unknown", outcome).inc(events)
