"""Ids are stable, and pseudonyms give nobody away."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.contract import MAX_ID_CHARACTERS, Kind
from producers.identity import Pseudonyms, make_event_id
from producers.settings import DEMO_REPORTER_KEY, ProducersSettings
from tests.producers.events import NEW_YEAR

SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def test_a_request_is_opened_once_whatever_its_time() -> None:
    assert make_event_id("R1", Kind.OPENED, NEW_YEAR) == "R1/opened"


def test_other_kinds_may_repeat_and_are_told_apart_by_their_moment() -> None:
    first = make_event_id("R1", Kind.CLOSED, NEW_YEAR)
    assert first == "R1/closed/2021-01-01T00:00:00.000+00:00"
    assert make_event_id("R1", Kind.CLOSED, NEW_YEAR.astimezone(SHANGHAI)) == first
    assert make_event_id("R1", Kind.CLOSED, NEW_YEAR + dt.timedelta(seconds=1)) != first


@given(st.text(min_size=1, max_size=300), st.sampled_from(Kind))
def test_an_id_is_never_too_long_for_the_contract(request_id: str, kind: Kind) -> None:
    assert 0 < len(make_event_id(request_id, kind, NEW_YEAR)) <= MAX_ID_CHARACTERS


def test_a_pseudonym_needs_the_key_and_is_bound_to_its_namespace() -> None:
    ours, theirs = Pseudonyms("k" * 32), Pseudonyms("j" * 32)
    pseudonym = ours.of("12345", "13800138000")
    assert len(pseudonym) == 32
    assert pseudonym == ours.of("12345", " 13800138000 ")
    assert pseudonym != theirs.of("12345", "13800138000")
    assert pseudonym != ours.of("other", "13800138000")
    # the HMAC of RFC 2104, so that any other system can make the same
    assert Pseudonyms("key").of("a", "b") == "29c5f0eea2d0a51b661193b3a5619119"


@given(st.text())
def test_hashing_twice_is_hashing_once(person: str) -> None:
    pseudonyms = Pseudonyms("k" * 32)
    once = pseudonyms.of("12345", person)
    assert pseudonyms.of("12345", once) == once


def test_nobody_in_particular_has_no_pseudonym() -> None:
    assert Pseudonyms("k" * 32).of("12345", "  ") == ""


def test_a_short_key_stops_the_start_and_the_demo_key_is_known_as_such() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        ProducersSettings(reporter_key="short")
    assert ProducersSettings().has_demo_key
    assert not ProducersSettings(reporter_key="k" * 32).has_demo_key
    assert DEMO_REPORTER_KEY not in repr(ProducersSettings())
