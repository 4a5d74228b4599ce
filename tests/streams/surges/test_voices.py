"""How much of an estate's requests comes from newcomers is learnt, and surges do not teach it."""

from __future__ import annotations

import numpy as np
import pytest

from streams.surges.voices import Voices


def part(voices: Voices, estate: int, day: int) -> float:
    return float(voices.newcomers_part(estate, np.array([day]))[0])


def test_the_part_of_newcomers_is_learnt_for_each_estate() -> None:
    voices = Voices()
    for estate in (0, 1):
        voices.enroll(estate)
    for day in range(1, 91):
        for n in range(6):
            voices.add(0, is_new=n < 3)
            voices.add(1, is_new=True)
        voices.close_day(day, 2, set())
    assert part(voices, 0, 90) == pytest.approx(0.5, abs=0.05)
    assert part(voices, 1, 90) > 0.95


def test_a_surge_teaches_nothing() -> None:
    voices = Voices()
    voices.enroll(0)
    for n in range(100):
        voices.add(0, is_new=n % 2 == 0)
    voices.close_day(1, 1, set())
    for _ in range(100):
        voices.add(0, is_new=True)
    voices.close_day(2, 1, {0})
    assert part(voices, 0, 2) == pytest.approx(part(voices, 0, 1), abs=0.02)


def test_a_new_estate_has_only_newcomers() -> None:
    voices = Voices()
    voices.enroll(0)
    assert part(voices, 0, 5) == 1.0
