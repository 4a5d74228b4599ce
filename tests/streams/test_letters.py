"""A letter that was read lately is not read again, and says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.contract import ComplaintEvent, Crs, Kind
from streams.estates.categories import Categoriser
from streams.estates.tagging import Tagger, Tagging
from streams.letters import FIELDS, LONGEST_KEPT, LetterReader
from tests.streams.records import event, registry

TAGGER = Tagger(registry())
CATEGORISER = Categoriser()
LETTERS: tuple[dict[str, Any], ...] = (
    {},
    {"title": "六联社区停车难", "text": "晚上找不到车位。"},
    {"text": "京基御景花园渗水，电话13812345678"},
    {"title": "", "text": "投诉噪音", "estate": "京基御景花园"},
    {"title": "", "text": "投诉噪音", "address": "京基御景花园3栋2单元501室"},
    {"text": "水" * (LONGEST_KEPT + 1)},
)


class CountingTagger(Tagger):
    """Notes how many events it was asked about."""

    asked = 0

    def tag_all(self, events: Sequence[ComplaintEvent]) -> list[Tagging]:
        self.asked += len(events)
        return super().tag_all(events)


class Watched:
    """An event that notes which of its fields are read."""

    def __init__(self, watched: ComplaintEvent) -> None:
        self._event = watched
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.read.add(name)
        return getattr(self._event, name)


@given(
    st.lists(st.lists(st.integers(0, len(LETTERS) - 1), min_size=1, max_size=6), max_size=5),
    st.integers(0, 3),
)
def test_what_is_remembered_changes_no_reading(batches: list[list[int]], kept: int) -> None:
    remembering = LetterReader(TAGGER, CATEGORISER, kept)
    forgetful = LetterReader(TAGGER, CATEGORISER, 0)
    for batch in batches:
        events = [event(number, **LETTERS[letter]) for number, letter in enumerate(batch)]
        assert remembering.read_all(events) == [forgetful.read_all([one])[0] for one in events]
        assert len(remembering) <= kept


def test_the_closing_of_a_request_is_not_read_again() -> None:
    tagger = CountingTagger(registry())
    reader = LetterReader(tagger, CATEGORISER)
    opened = event(1)
    closed = event(1, event_id="e2", kind=Kind.CLOSED, status="已办结", department="城管局")
    assert reader.read_all([opened]) * 2 == reader.read_all([closed, closed])
    assert tagger.asked == 1


def test_a_letter_met_again_outlives_one_that_was_not() -> None:
    tagger = CountingTagger(registry())
    reader = LetterReader(tagger, CATEGORISER, kept=2)
    for letter in (0, 1, 0, 2, 0):
        reader.read_all([event(1, **LETTERS[letter])])
    assert tagger.asked == 3


def test_long_letters_are_not_kept() -> None:
    reader = LetterReader(TAGGER, CATEGORISER)
    reader.read_all([event(1, text="水" * (LONGEST_KEPT + 1))])
    assert len(reader) == 0


@pytest.mark.parametrize("letter", [*LETTERS, {"lon": 114.35, "lat": 22.69, "crs": Crs.GCJ02, "title": ""}])
def test_nothing_is_read_of_an_event_but_what_makes_its_letter(letter: dict[str, Any]) -> None:
    watched: Any = Watched(event(1, **letter))
    LetterReader(TAGGER, CATEGORISER, 0).read_all([watched])
    assert watched.read <= {*FIELDS}


@pytest.mark.parametrize("name", FIELDS)
def test_letters_that_differ_in_a_field_are_two(name: str) -> None:
    tagger = CountingTagger(registry())
    other: Any = {"lon": 114.0, "lat": 22.0, "crs": Crs.BD09}.get(name, "别的")
    LetterReader(tagger, CATEGORISER).read_all([event(1), event(1, **{name: other})])
    assert tagger.asked == 2
