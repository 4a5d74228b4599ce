from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.estates.categories import Categoriser
from streams.estates.problems import PROBLEM_TYPES, WORDS
from tests.streams.estates.complaints import complaint

CATEGORISER = Categoriser()


@pytest.mark.parametrize(
    ("title", "text", "problem"),
    [
        ("小区楼下KTV深夜噪音扰民", "每天晚上唱到凌晨，无法睡觉", "noise"),
        ("建议增加公交线路", "上下班高峰公交拥挤，希望增加班次", "traffic"),
        ("小区房产证何时能办", "交房四年了还没有办理房产证", "title_deed_or_delivery"),
        ("小区电梯经常坏，消防通道被占", "电梯安全隐患大", "safety_fire_elevator"),
        ("公司拖欠员工工资", "公司半年没有发工资", "not_housing"),
        ("楼下餐馆油烟污染严重", "油烟直排，异味难闻", "environment"),
    ],
)
def test_the_problem_type_that_a_person_would_name(title: str, text: str, problem: str) -> None:
    assert CATEGORISER.categorise(complaint(title, text))[0] == problem


def test_the_sources_own_category_decides_where_it_says_something() -> None:
    event = complaint("Banging/Pounding", category="Noise - Residential / Banging/Pounding")
    assert CATEGORISER.categorise(event) == ("noise", 0.9)


@given(st.text(), st.text())
def test_always_one_of_the_closed_set_with_a_probability(title: str, text: str) -> None:
    problem, confidence = CATEGORISER.categorise(complaint(title, text))
    assert problem in PROBLEM_TYPES
    assert 0 < confidence <= 1


def test_every_problem_type_but_no_other_has_words() -> None:
    assert set(WORDS) == set(PROBLEM_TYPES)
    assert list(PROBLEM_TYPES) == sorted(PROBLEM_TYPES)
