"""The tagger against labels made by reading: floors that a change must not fall through.

The figures themselves stand in docs/trials/tagging.md; they were measured with ../shared/gold/score.py.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from deploy.messages import open_registry, read_messages
from producers.contract import ComplaintEvent
from streams.contract import Role, Tag
from streams.estates.categories import Categoriser
from streams.estates.problems import PROBLEM_TYPES
from streams.estates.tagging import Tagger
from tests.streams.estates.labels import (
    GOLD,
    HERE,
    LISTING,
    MESSAGES,
    SOURCE,
    is_held_out,
    read_categories,
    read_estates,
)

pytestmark = pytest.mark.skipif(
    not GOLD.exists(), reason="the real messages of ../shared are not here: their licence keeps them out"
)


@pytest.fixture(scope="module")
def events() -> dict[str, ComplaintEvent]:
    return {event.request_id: event for event in read_messages(MESSAGES, "", SOURCE)}


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(open_registry(LISTING))


def primaries(tagger: Tagger, event: ComplaintEvent) -> list[Tag]:
    tagging = tagger.tag(event)
    found = [*([tagging.primary] if tagging.primary else []), *tagging.others]
    return [tag for tag in found if tag.role is Role.PRIMARY]


def f1(tagger: Tagger, events: dict[str, ComplaintEvent], ids: Iterable[str]) -> float:
    gold = read_estates(GOLD)
    right = wrong = missed = 0
    for message in ids:
        wanted = [estate for estate in gold[message] if estate.primary]
        tags = primaries(tagger, events[message])
        found = [estate for estate in wanted if any(estate.is_meant_by(t.name, t.surface) for t in tags)]
        right += len(found)
        missed += len(wanted) - len(found)
        wrong += sum(not any(estate.is_meant_by(t.name, t.surface) for estate in wanted) for t in tags)
    return 2 * right / (2 * right + wrong + missed)


def test_primaries_of_the_half_that_was_never_looked_at(
    tagger: Tagger, events: dict[str, ComplaintEvent]
) -> None:
    assert f1(tagger, events, filter(is_held_out, read_estates(GOLD))) > 0.87


def test_primaries_of_the_other_half(tagger: Tagger, events: dict[str, ComplaintEvent]) -> None:
    ids = [message for message in read_estates(GOLD) if not is_held_out(message)]
    assert f1(tagger, events, ids) > 0.93


def test_confidence_of_tags_is_calibrated(tagger: Tagger, events: dict[str, ComplaintEvent]) -> None:
    gold = read_estates(GOLD)
    said: list[float] = []
    true: list[bool] = []
    for message in filter(is_held_out, gold):
        for tag in primaries(tagger, events[message]):
            said.append(tag.confidence)
            true.append(any(e.primary and e.is_meant_by(tag.name, tag.surface) for e in gold[message]))
    assert abs(sum(said) / len(said) - sum(true) / len(true)) < 0.06


def test_problem_types_of_the_half_that_was_never_looked_at(events: dict[str, ComplaintEvent]) -> None:
    gold = read_categories(GOLD)
    categoriser = Categoriser()
    ids = [message for message in gold if is_held_out(message)]
    right = sum(categoriser.categorise(events[message])[0] == gold[message] for message in ids)
    assert right / len(ids) > 0.77


def test_labels_are_of_visible_messages_and_known_types(events: dict[str, ComplaintEvent]) -> None:
    for name in ("labels_estates.csv", "labels_categories.csv"):
        labels = read_categories(HERE / name)
        assert labels.keys() <= events.keys()
        assert set(labels.values()) <= set(PROBLEM_TYPES)
        assert labels.keys().isdisjoint(read_estates(GOLD))


def test_the_surest_tag_comes_first_and_surfaces_stand_in_real_texts(
    tagger: Tagger, events: dict[str, ComplaintEvent]
) -> None:
    for event in list(events.values())[:500]:
        tagging = tagger.tag(event)
        tags = [tag for tag in (tagging.primary, *tagging.others) if tag]
        assert all(tag.surface in f"{event.title}\n{event.text}" for tag in tags)
        surest = max((t.confidence for t in tags if t.role is Role.PRIMARY), default=None)
        assert tagging.primary is None or tagging.primary.confidence == surest
