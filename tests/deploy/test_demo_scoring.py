"""What counts as found and as false, drawn over time."""

from __future__ import annotations

import datetime as dt

import pytest

from deploy.demo.scoring import Found, SurgeScore, score
from producers.sources.synthetic import PlantedTruth, Territory, UnitRow

NOON = dt.datetime(2021, 6, 1, 12, tzinfo=dt.UTC)
TERRITORY = Territory(
    [
        UnitRow("city", "city", "City"),
        UnitRow("street", "street", "Street", "city"),
        UnitRow("a", "estate", "A", "street"),
        UnitRow("b", "estate", "B", "street"),
        UnitRow("far", "estate", "Far", "city"),
    ]
)


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


def planted(unit: str = "a", estates: tuple[str, ...] = ("a",)) -> PlantedTruth:
    return PlantedTruth(
        id="p", kind="estate", unit=unit, level="estate", start=NOON, end=NOON + hours(6), estates=estates
    )


def found(unit: str, opened: float, *, window: float = 1, lasts: float = 2) -> Found:
    at = NOON + hours(opened)
    return Found(unit, "estate", at - hours(window), at, at + hours(lasts))


@pytest.mark.parametrize(
    ("surges", "expected"),
    [
        #  planted at a:            |------|
        ([], (0, 0)),  # missed
        ([found("a", 3)], (1, 0)),  #  x
        ([found("a", 20)], (1, 0)),  #             x    within a day of its last event
        ([found("a", -1, lasts=0.5)], (0, 1)),  # x     over before it began
        ([found("a", 40)], (0, 1)),  #                       x   long after
        ([found("a", 3), found("a", 5)], (1, 0)),  # twice the same is one found
        ([found("street", 3)], (0, 0)),  # explained by what lies below, but not the planted unit
        ([found("b", 3)], (0, 1)),  # a neighbour
        ([found("a", 3), found("far", 3)], (1, 1)),
    ],
)
def test_one_planted_surge(surges: list[Found], expected: tuple[int, int]) -> None:
    result = score(surges, [planted()], TERRITORY)
    assert (result.found, result.false) == expected
    assert result.missed == (() if expected[0] else ("p",))


def test_an_area_surge_explains_its_estates_but_is_found_at_its_own_level_only() -> None:
    area = planted("street", ("a", "b"))
    assert score([found("a", 2), found("b", 2)], [area], TERRITORY) == SurgeScore(1, 0, 0, ("p",))
    assert score([found("street", 2)], [area], TERRITORY) == SurgeScore(1, 1, 0)


def test_without_anything_planted_every_alert_is_false() -> None:
    assert score([found("a", 1)], [], TERRITORY) == SurgeScore(0, 0, 1)
