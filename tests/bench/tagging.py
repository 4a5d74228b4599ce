"""Measures the tagger alone: events a second of one core, in batches as the stream takes them."""

from __future__ import annotations

import time

from deploy.example_district import as_registry
from producers.sources.synthetic import city
from streams.estates.registry_csv import format_csv, parse_csv
from streams.estates.tagging import Tagger
from tests.bench.platform import made_events

BATCH = 1000


def tagged_per_second(estates: int, count: int) -> float:
    """Return how many events a second are tied to one of so many estates."""
    tagger = Tagger(parse_csv(format_csv(as_registry(city(estates))), "bench").registry())
    events = list(made_events(estates, count))
    tagger.tag_all(events[:BATCH])
    began = time.process_time()
    for first in range(0, count, BATCH):
        tagger.tag_all(events[first : first + BATCH])
    return count / (time.process_time() - began)
