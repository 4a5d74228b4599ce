"""The letters: varied, unambiguous, and nothing of a resident in them passes the intake."""

from __future__ import annotations

from collections import Counter

import pytest

from producers.contract import ComplaintEvent
from producers.sources.synthetic import DEFAULT_SEED, district, district_truth
from producers.sources.synthetic.chance import chance_of
from producers.sources.synthetic.grammar import phrases, problem_shares
from producers.sources.synthetic.letters import MENTIONS
from producers.sources.synthetic.lifecycle import SLOW
from producers.sources.synthetic.residents import draw_resident
from producers.sources.synthetic.stream import make_stream
from producers.sources.synthetic.surges import AREA_TOPIC, CITY_TOPIC, TOPICS
from streams.contract import UNPLACED, Tagged
from tests.district_facts import tagged_district

STREAM = make_stream(DEFAULT_SEED)
LETTERS = list(zip(STREAM.plan.openings, STREAM.letters, strict=True))
NAMES = {name for row in district().of_level("estate") for name in (row.name, *row.aliases)}


def patterns() -> list[str]:
    """Return every sentence pattern."""
    tables = [*phrases()["problems"], phrases()["elsewhere"]]
    parts = ("titles", "facts", "details", "wishes")
    general = ("greetings", "selves", "residents", "histories", "feelings", "closings", "urgings")
    found = [pattern for table in tables for part in parts for pattern in table[part]]
    return found + [pattern for part in general for pattern in phrases()[part]]


def test_there_are_hundreds_of_patterns_and_none_names_an_estate() -> None:
    assert len(set(patterns())) > 400
    assert not [(name, pattern) for pattern in patterns() for name in NAMES if name in pattern]


def test_hardly_two_letters_are_the_same() -> None:
    texts = Counter(letter.words.text for _, letter in LETTERS)
    assert len(texts) > 0.98 * len(LETTERS)


def test_every_problem_of_the_report_is_complained_about() -> None:
    assert {
        *("siting", "municipal_facilities", "unwanted_neighbour", "schools_hospitals", "lifts_per_home"),
        *(
            "parking",
            "leaks",
            "lift_quality",
            "property_service",
            "owners_committee",
            "title_deed_or_delivery",
        ),
    } <= set(problem_shares())
    assert {opening.problem for opening, _ in LETTERS if opening.estate} == set(problem_shares())
    assert {*SLOW, *TOPICS, AREA_TOPIC, CITY_TOPIC} <= set(problem_shares())


def test_estates_are_told_in_every_way() -> None:
    mentions = Counter(letter.mention for opening, letter in LETTERS if opening.estate)
    assert set(mentions) == set(MENTIONS)
    for opening, letter in LETTERS:
        if opening.estate is None:
            continue
        names = (opening.estate.name, *opening.estate.aliases)
        assert any(name in letter.words.text for name in names) == (letter.mention in ("name", "alias"))
        assert letter.estate or letter.mention != "field"
        assert letter.lon or letter.mention != "position"
        assert opening.estate.name in letter.address or letter.mention != "address"


def test_what_is_about_no_estate_names_none() -> None:
    for opening, letter in LETTERS:
        if opening.estate is None:
            said = letter.words.title + letter.words.text + letter.address + letter.estate
            assert letter.lon is None
            assert not [name for name in NAMES if name in said]


@pytest.fixture(scope="module")
def tagged() -> tuple[tuple[ComplaintEvent, Tagged], ...]:
    return tagged_district()


def test_the_tagger_ties_every_event_to_the_estate_it_is_about(
    tagged: tuple[tuple[ComplaintEvent, Tagged], ...],
) -> None:
    """So that the report's figures do not hang on a tagging that is nearly right."""
    meant = {
        (opening.opened_at, letter.words.text): opening.estate.id if opening.estate else UNPLACED
        for opening, letter in LETTERS
    }
    ids = {row.name: row.id for row in district().delivered()}
    wrong = [
        (event.title, event.text, fact.path.estate)
        for event, fact in tagged
        if fact.path.estate != meant.get((event.occurred_at, event.text), ids.get(event.estate))
    ]
    assert wrong == []


def test_nothing_of_a_resident_passes_the_intake(tagged: tuple[tuple[ComplaintEvent, Tagged], ...]) -> None:
    told = "\n".join(fact.title + fact.text + fact.address for _, fact in tagged)
    sent = "\n".join(event.text for event, _ in tagged)
    residents = district_truth().residents
    assert len(residents) > 500
    for resident in residents:
        assert any(detail in sent for detail in (resident.name, resident.phone, resident.identity))
        assert resident.phone not in told
        assert resident.identity not in told
    assert [resident.name for resident in residents if resident.name in told] == []


def test_identity_numbers_are_well_formed_and_nobodys() -> None:
    chance = chance_of(11, "residents")
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    for _ in range(200):
        identity = draw_resident(chance).identity
        assert identity.startswith("440399")
        total = sum(int(digit) * weight for digit, weight in zip(identity, weights, strict=False))
        assert (total + (10 if identity[17] == "X" else int(identity[17]))) % 11 == 1
