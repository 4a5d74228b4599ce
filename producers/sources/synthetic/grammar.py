"""The grammar of complaint letters: some five hundred Chinese sentence patterns, put together by chance.

The patterns stand in complaints.toml. It knows what letters say, not how they tell which estate is meant.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from producers.sources.synthetic.chance import Chance
from producers.sources.synthetic.residents import Resident

NO_NAME: Final = "小区"
"""What a writer says who has said the name already."""
BY_NAME: Final = 0.55
"""Share of the facts that name the estate once more."""
WITH_HISTORY: Final = 0.6
WITH_DETAIL_ELSEWHERE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says, and where the request system files it."""

    title: str
    text: str
    category: str
    department: str


@cache
def phrases() -> Mapping[str, Any]:
    """Return the patterns of complaints.toml."""
    text = resources.files(__package__).joinpath("complaints.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def problem_shares() -> Mapping[str, float]:
    """Return the types of problems with their weights in the district's mix."""
    return {problem["type"]: problem["share"] for problem in phrases()["problems"]}


class Grammar:
    """Writes the words of one letter after the other; the same draws give the same letters."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._phrases = phrases()
        self._problems = {problem["type"]: problem for problem in self._phrases["problems"]}

    def about(self, problem: str, called: str, road: str, resident: Resident | None, *, again: bool) -> Words:
        """Write about an estate.

        Args:
            problem: a type of complaints.toml.
            called: what the writer calls the estate.
            road: a road by it.
            resident: who writes, where the letter gives them away.
            again: whether they wrote about it before.
        """
        about = self._problems[problem]
        slots = self._slots(called, road, resident)
        return Words(
            title=self._chance.choice(about["titles"]).format_map(slots),
            text=self._body(about, resident, again=again).format_map(slots),
            category=about["category"],
            department=about["department"],
        )

    def elsewhere(self, road: str, *, again: bool) -> Words:
        """Write about something that lies at no estate."""
        about = self._phrases["elsewhere"]
        slots = self._slots("", road, None)
        return Words(
            title=self._chance.choice(about["titles"]).format_map(slots),
            text=self._body_elsewhere(about, again=again).format_map(slots),
            category=about["category"],
            department=about["department"],
        )

    def _slots(self, called: str, road: str, resident: Resident | None) -> dict[str, Any]:
        chance = self._chance
        return {
            "estate": called,
            "road": road,
            "b": chance.randint(1, 18),
            "unit": chance.randint(1, 3),
            "f": chance.randint(6, 31),
            "n": chance.randint(2, 6),
            "months": chance.choice(("两", "三", "四", "五", "六", "八", "十")),
            "money": chance.choice(("2", "3", "4", "5", "6", "8")),
            "clock": chance.choice(("11", "12", "1", "2", "3")),
            **(dataclasses.asdict(resident) if resident else {}),
        }

    def _body(self, about: Mapping[str, Any], resident: Resident | None, *, again: bool) -> str:
        """Put a letter together: the writer always says that they live there, so that it is their estate."""
        pick, parts = self._chance.choice, self._opening(again=again)
        parts.append(pick(self._phrases["residents" if resident else "selves"]))
        parts += [self._fact(fact) for fact in self._chance.sample(about["facts"], pick((1, 1, 2)))]
        parts += self._chance.sample(about["details"], pick((0, 1, 1, 2)))
        parts.append(pick(self._phrases["histories"]) if self._chance.random() < WITH_HISTORY else "")
        parts += [pick(self._phrases["feelings"]), pick(about["wishes"]), pick(self._phrases["closings"])]
        return "".join(parts)

    def _opening(self, *, again: bool) -> list[str]:
        pick = self._chance.choice
        return [pick(self._phrases["urgings"]) if again else "", pick(self._phrases["greetings"])]

    def _fact(self, fact: str) -> str:
        return fact if self._chance.random() < BY_NAME else fact.replace("{estate}", NO_NAME)

    def _body_elsewhere(self, about: Mapping[str, Any], *, again: bool) -> str:
        pick, parts = self._chance.choice, self._opening(again=again)
        parts.append(pick(about["facts"]))
        parts.append(pick(about["details"]) if self._chance.random() < WITH_DETAIL_ELSEWHERE else "")
        parts += [pick(about["wishes"]), pick(self._phrases["closings"])]
        return "".join(parts)
