from __future__ import annotations

import pytest

from streams.estates.candidates import candidate_id
from streams.estates.registry import Registry
from streams.estates.suggestions import (
    Named,
    NameTaken,
    UnknownCandidate,
    UnknownUnit,
    accept_as,
    accept_new,
    candidates_of,
    suggest,
)
from tests.streams.estates.complaints import small_city

LACKED = candidate_id("伊景园滨河苑")


def named(*surfaces: str) -> list[Named]:
    return [Named(candidate_id(surface), surface, str(number)) for number, surface in enumerate(surfaces)]


@pytest.fixture
def registry() -> Registry:
    return small_city()


def test_spellings_of_one_estate_are_one_suggestion_and_the_commonest_comes_first(registry: Registry) -> None:
    messages = named("伊景园滨河苑", "伊景园·滨河苑", "伊景园滨河苑", "星河里", "伊景园滨河院")
    first, second = suggest(messages, registry)
    assert (first.candidate, first.messages, first.spellings[0]) == (LACKED, 4, "伊景园滨河苑")
    assert set(first.spellings) == {"伊景园滨河苑", "伊景园·滨河苑", "伊景园滨河院"}
    assert first.examples == ("0", "1", "2", "4")
    assert second.messages == 1
    assert suggest(messages, registry, at_least=2) == [first]


def test_a_name_like_one_of_the_registry_is_shown(registry: Registry) -> None:
    estate = next(e for e in registry.estates.values() if e.name == "丽发新城")
    [only] = suggest(named("丽发新天地"), registry)
    assert (estate.id, estate.name) in only.like


def test_an_accepted_candidate_is_the_estate_that_it_was_accepted_as(registry: Registry) -> None:
    estate_id = sorted(registry.estates)[0]
    accepted = accept_as(registry, LACKED, estate_id, "伊景园滨河苑")
    assert accepted.estates[estate_id].aliases[-1] == "伊景园滨河苑"
    assert candidates_of(accepted)[LACKED] == estate_id
    assert suggest(named("伊景园滨河苑"), accepted) == []
    with pytest.raises(NameTaken):
        accept_as(accepted, LACKED, estate_id)


def test_a_new_estate_has_one_id_whoever_accepts_it_and_lies_where_it_is_said_to(registry: Registry) -> None:
    made = [accept_new(registry, LACKED, name, "yuhua") for name in ("伊景园滨河苑", "伊景园·滨河苑")]
    [one], [other] = [set(each.estates) - set(registry.estates) for each in made]
    assert one == other
    assert made[0].path(one).district == "yuhua"
    assert candidates_of(made[0])[LACKED] == one
    assert accept_new(registry, LACKED).path(one).district == ""


def test_a_name_of_two_estates_is_neither(registry: Registry) -> None:
    one, other = sorted(registry.estates)[:2]
    both = accept_as(registry, LACKED, one, "伊景园滨河苑")
    estate = both.estates[other]
    shared = Registry(
        [
            *(e for e in both.estates.values() if e.id != other),
            type(estate)(other, "伊景园滨河苑", estate.parent),
        ],
        both.areas.values(),
    )
    assert LACKED not in candidates_of(shared)


@pytest.mark.parametrize(
    ("candidate", "name", "error"),
    [("伊景园滨河园", "", UnknownCandidate), (LACKED, "星河里", UnknownCandidate), (LACKED, "", UnknownUnit)],
)
def test_what_cannot_be_accepted_is_refused(
    registry: Registry, candidate: str, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        accept_as(registry, candidate, "none", name)
    with pytest.raises(error):
        accept_new(registry, candidate, name, "none")
