"""What a window's requests say: one matter raises, different matters lower, order says nothing."""

from __future__ import annotations

import pytest

from tests.streams.surges.same_matter import (
    LIKELIEST,
    by_categories,
    by_texts,
    sketches,
    usual_likeness,
)

USUAL = {"leak": 0.2, "noise": 0.5, "lift": 0.3}
PIPES = ["三栋水管爆裂没有水", "小区水管爆裂停水了", "水管爆裂两天没人修"]
OTHERS = ["广场舞太吵", "电梯又坏了", "车位被强占", "垃圾没有人清", "路灯不亮", "大门关不上"]


@pytest.mark.parametrize("category", USUAL)
def test_one_category_raises_and_the_rarer_the_more(category: str) -> None:
    assert 0 < by_categories([category] * 3, USUAL) <= by_categories([category] * 4, USUAL) <= LIKELIEST
    assert by_categories([category] * 2, USUAL) <= by_categories(["leak"] * 2, USUAL)


def test_different_categories_lower() -> None:
    assert by_categories(["leak", "noise", "lift"], USUAL) < 0


def test_a_category_that_nobody_knows_says_nothing() -> None:
    assert by_categories(["", "other", "leak"], USUAL) == 0


def test_texts_of_one_matter_raise_and_of_several_lower() -> None:
    matrix = sketches(PIPES + OTHERS)
    assert by_texts(matrix[:3], alike_from=0.1) > 1
    assert -LIKELIEST <= by_texts(matrix[3:], alike_from=0.1) < 0
    assert by_texts(matrix[:1], alike_from=0.1) == 0


def test_the_order_of_requests_says_nothing() -> None:
    matrix = sketches(PIPES + OTHERS)
    forwards, backwards = by_texts(matrix[:5], 0.1), by_texts(matrix[:5][::-1], 0.1)
    assert forwards == pytest.approx(backwards)
    mixed = ["leak", "noise", "leak", "lift"]
    assert by_categories(mixed, USUAL) == by_categories(mixed[::-1], USUAL)


def test_few_pairs_of_a_city_are_alike() -> None:
    matrix = sketches(PIPES + OTHERS * 20)
    likeness = usual_likeness(matrix, seed=1)
    assert 0 < likeness <= 1 + 1e-6
    assert usual_likeness(matrix, seed=1) == likeness
