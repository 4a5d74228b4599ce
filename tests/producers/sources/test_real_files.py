"""The real files that the mappings were made for: every row maps, and gives what is known of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from producers.contract import Kind, decode_event
from producers.sources.mapping import load_mapping
from tests.producers.sources.mapped import defect, read

DATA = Path(__file__).parents[3].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the data folder is not beside the checkout")


def test_every_message_maps_and_the_copies_are_the_same_request_again() -> None:
    made = read(DATA / "tipdm2020c" / "messages_to_2019-09.csv", load_mapping("tipdm2020c"))
    assert len(made) == 3304
    assert not any(map(defect, made))
    events = [decode_event(each.value) for each in made]
    requests = Counter(each.request_id for each in events)
    repeats = len(events) - len(requests)
    assert repeats == 17
    assert all(int(each) < 313964 for each, count in requests.items() if count > 1)
    assert min(each.occurred_at for each in events).isoformat() == "2017-06-08T09:31:20+00:00"
    assert all(len(each.reporter) == 32 for each in events)


def test_every_service_request_maps_and_closed_ones_are_two_events() -> None:
    made = read(DATA / "nyc" / "nyc311_2019-12-31.csv", load_mapping("nyc311"))
    assert not any(map(defect, made))
    events = [decode_event(each.value) for each in made]
    assert Counter(each.kind for each in events) == {Kind.OPENED: 1000, Kind.CLOSED: 998}
    assert len({each.event_id for each in events}) == len(events)
    opened = [each for each in events if each.kind is Kind.OPENED]
    assert all(each.category and each.channel and each.department for each in opened)
    assert sum(each.lat is not None for each in opened) > 900
    assert {each.district for each in opened} <= {
        "",
        "BROOKLYN",
        "MANHATTAN",
        "QUEENS",
        "BRONX",
        "STATEN ISLAND",
    }
