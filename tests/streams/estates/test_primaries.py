"""Which candidates a message is about: all of them are decided together."""

from __future__ import annotations

import pytest

from streams.estates.candidates import Candidate
from streams.estates.mentions import Mention, Rule
from streams.estates.primaries import primaries_of


def candidate(*, is_known: bool = True) -> Candidate:
    mention = Mention(0, 4, 4, "青青家园", (), Rule.NAME, 0)
    return Candidate("青青家园", (mention,), mention, None, is_known)


@pytest.mark.parametrize(
    ("probabilities", "chosen"),
    [
        ([0.9], {0}),
        ([0.4], {0}),
        ([0.3], set()),
        ([0.4, 0.55], {1}),
        ([0.55, 0.55], {0}),
        ([0.9, 0.59], {0}),
        ([0.7, 0.9, 0.65, 0.2], {0, 1, 2}),
        ([], set()),
    ],
)
def test_the_likeliest_and_those_that_are_likely_by_themselves(
    probabilities: list[float], chosen: set[int]
) -> None:
    assert primaries_of([candidate() for _ in probabilities], probabilities) == chosen


def test_a_name_that_the_registry_lacks_is_believed_sooner() -> None:
    unknown = candidate(is_known=False)
    assert primaries_of([unknown], [0.25]) == {0}
    # Nothing of the registry is likely, so the likeliest of all does not keep the unknown one out.
    assert primaries_of([candidate(), unknown], [0.3, 0.25]) == {1}
    assert primaries_of([candidate(), unknown], [0.5, 0.25]) == {0}
