"""The filter finds the share of an estate, is not taught by surges, and follows a lasting change."""

from __future__ import annotations

import numpy as np
import pytest

from streams.contract import Level
from streams.surges.settings import DetectorSettings
from streams.surges.shares import Shares

FIRST = 738_000


def live(shares: Shares, counts: dict[int, float], days: int, begin: int, seed: int = 3) -> int:
    """Let estates send Poisson counts for some days; return the day after."""
    rng = np.random.default_rng(seed)
    for day in range(begin + 1, begin + days + 1):
        for index, mean in counts.items():
            for _ in range(rng.poisson(mean)):
                shares.add(index, is_first=False)
        shares.close_day(day, ())
    return begin + days


def city(units: int = 20) -> tuple[Shares, dict[int, float]]:
    shares = Shares(DetectorSettings())
    return shares, {shares.enroll(Level.ESTATE): 0.2 + 0.2 * n for n in range(units)}


def test_shares_are_learnt() -> None:
    shares, counts = city()
    live(shares, counts, 150, FIRST)
    truth = counts[15] / sum(counts.values())
    assert shares.latest(Level.ESTATE, 15) == pytest.approx(truth, rel=0.2)


def test_one_day_of_a_surge_teaches_little() -> None:
    shares, counts = city()
    day = live(shares, counts, 100, FIRST)
    before = shares.latest(Level.ESTATE, 5)
    for _ in range(40):
        shares.add(5, is_first=False)
    live(shares, counts, 1, day)
    assert shares.latest(Level.ESTATE, 5) < 1.3 * before


def test_a_lasting_change_is_learnt() -> None:
    shares, counts = city()
    day = live(shares, counts, 100, FIRST)
    before = shares.latest(Level.ESTATE, 5)
    live(shares, {**counts, 5: 3 * counts[5]}, 90, day)
    assert shares.latest(Level.ESTATE, 5) > 1.8 * before


def test_a_newcomer_is_uncertain_and_the_past_is_kept() -> None:
    shares, counts = city()
    day = live(shares, counts, 60, FIRST)
    newcomer = shares.enroll(Level.ESTATE)
    (_, doubt, _), (_, known_doubt, _) = (
        shares.known(Level.ESTATE, unit, np.array([day]))[0] for unit in (newcomer, 15)
    )
    assert doubt > 5 * known_doubt
    then = shares.known(Level.ESTATE, 15, np.array([day]))[0, 0]
    live(shares, {**counts, 15: 20.0}, 3, day)
    assert shares.known(Level.ESTATE, 15, np.array([day]))[0, 0] == then


def test_an_area_is_the_sum_of_its_estates() -> None:
    shares, counts = city()
    street = shares.enroll(Level.STREET)
    for estate in (3, 4):
        shares.place(estate, Level.STREET, street, brings_share=True)
    day = live(shares, counts, 30, FIRST)
    parts = [shares.known(Level.ESTATE, estate, np.array([day]))[0, 0] for estate in (3, 4)]
    mean, _, unevenness = shares.known(Level.STREET, street, np.array([day]))[0]
    assert mean == pytest.approx(sum(parts))
    assert unevenness < 1


def test_a_first_event_does_not_speak_for_a_large_share() -> None:
    shares, counts = city()
    day = live(shares, counts, 60, FIRST)
    newcomer = shares.enroll(Level.ESTATE)
    before = shares.latest(Level.ESTATE, newcomer)
    shares.add(newcomer, is_first=True)
    live(shares, counts, 1, day)
    assert shares.latest(Level.ESTATE, newcomer) < 1.05 * before


def shares_of_two_streets() -> tuple[Shares, int, int, int]:
    shares, counts = city()
    even, odd = shares.enroll(Level.STREET), shares.enroll(Level.STREET)
    for estate in counts:
        shares.place(estate, Level.STREET, odd if estate % 2 else even, brings_share=True)
    return shares, even, odd, live(shares, counts, 30, FIRST)


def means(shares: Shares, day: int, *streets: int) -> list[float]:
    return [float(shares.known(Level.STREET, street, np.array([day]))[0, 0]) for street in streets]


def test_an_estate_that_moves_brings_its_share_once_however_often_it_goes_to_and_fro() -> None:
    shares, left, came_to, day = shares_of_two_streets()
    held, before = means(shares, day, left, came_to)
    own = float(shares.known(Level.ESTATE, 4, np.array([day]))[0, 0])
    again = Shares(DetectorSettings())
    for turn in range(6):
        for street in (came_to, left):
            shares.place(4, Level.STREET, street, brings_share=True)
        if turn == 2:  # a start from a checkpoint knows what was brought
            again.restore(shares.state())
            shares = again
    assert means(shares, day, left, came_to) == pytest.approx([held, before + own])


def test_what_lies_wherever_a_message_says_brings_nothing() -> None:
    shares, left, came_to, day = shares_of_two_streets()
    before = means(shares, day, left, came_to)
    for street in (came_to, left, came_to):
        shares.place(4, Level.STREET, street, brings_share=False)
    assert means(shares, day, left, came_to) == before
