"""Both languages have every text, and every text that is asked for exists."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Formatter

from deploy.console.cases import CaseStatus
from deploy.console.decisions import Verdict
from deploy.console.expectation import Heat
from deploy.console.handling import State
from deploy.console.people import Role
from deploy.console.series import Grain
from deploy.console.texts import Language, Texts, all_texts
from sinks.alerts.severity import Severity
from sinks.ladder.rungs import ActionKind
from streams.contract import Level
from streams.estates.problems import PROBLEM_TYPES

ASKED = re.compile(r"""\bt\(\s*['"]([a-z_.0-9]+)['"]\s*[,)]""")
SETS = {
    "heat": [*Heat],
    "action": [*ActionKind],
    "severity": [*Severity],
    "state": [*State],
    "role": [*Role],
    "verdict": [*Verdict],
    "level": [*Level],
    "category": PROBLEM_TYPES,
    "case": [*CaseStatus],
}


def templates() -> list[str]:
    folder = files("deploy.console").joinpath("templates")
    found = [*folder.iterdir(), *folder.joinpath("pieces").iterdir()]
    return [file.read_text() for file in found if file.name.endswith(".html")]


def test_each_text_has_both_languages_with_the_same_places() -> None:
    for key, texts in all_texts().items():
        assert texts.keys() == {language.key for language in Language}, key
        places = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts.values()]
        assert places[0] == places[1], key
        assert all(texts.values()), key


def test_each_text_that_a_template_asks_for_exists() -> None:
    asked = {key for template in templates() for key in ASKED.findall(template)}
    assert len(asked) > 80
    assert asked <= all_texts().keys()


def test_each_value_of_a_closed_set_has_a_word() -> None:
    for kind, values in SETS.items():
        for value in values:
            for language in Language:
                assert Texts(language).term(kind, value) != value or language is Language.ENGLISH, (
                    kind,
                    value,
                )
                assert f"{kind}.{value}" in all_texts(), (kind, value)
    assert {f"unit.by_{grain}" for grain in Grain} <= all_texts().keys()


def test_no_chinese_stands_in_a_template() -> None:
    for template in templates():
        assert not re.findall(r"[\u4e00-\u9fff]", template)
