"""The letters as a request system hands them on: words, and the fields by which their estate can be told.

A letter names its estate in the text, by name or alias; or only the form's field, the address or a position
does. So each way of tagging has work to do, and each is certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from producers.sources.synthetic.chance import Chance, Weighted
from producers.sources.synthetic.grammar import NO_NAME, Grammar, Words, problem_shares
from producers.sources.synthetic.openings import Opening
from producers.sources.synthetic.residents import Resident, draw_resident
from producers.sources.synthetic.units import Territory, UnitRow

MENTIONS: Final = {"name": 0.55, "alias": 0.17, "field": 0.17, "address": 0.05, "position": 0.06}
"""What tells a letter's estate: name or alias in title and text, else the form's field, the address or the
position alone. Their shares."""
ALSO_FIELD: Final = 0.35
ALSO_ADDRESS: Final = 0.4
ALSO_POSITION: Final = 0.25
"""Shares of the letters with a name that tell it by these too."""
WITH_RESIDENT: Final = 0.13
"""Share of the letters that tell who the writer is, which must never leave the intake."""
POSITION_JITTER: Final = 0.0004
"""Degrees, about 40 m: positions are those of the building, not of the estate's middle."""
HERE: Final = (NO_NAME, "本小区")
"""What writers say instead of a name."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one request says, and how it tells where."""

    words: Words
    address: str
    estate: str = ""
    """The request form's own field."""
    lon: float | None = None
    lat: float | None = None
    mention: str = ""
    """Which of MENTIONS it is; empty: it is about no estate."""
    resident: Resident | None = None
    """The made-up person whom the text gives away, if it does."""


def word_pool(count: int, chance: Chance) -> list[Words]:
    """Return words that say `{estate}` wherever the name belongs, for whoever needs many letters at once."""
    grammar, problems = Grammar(chance), list(problem_shares())
    drawn = Weighted(list(problem_shares().values())).draw(chance, count)
    return [grammar.about(problems[index], "{estate}", "负载大道", None, again=False) for index in drawn]


class LetterWriter:
    """Writes the letters of a district."""

    def __init__(self, territory: Territory, roads: Mapping[str, Sequence[str]], chance: Chance) -> None:
        """Take in the places.

        Args:
            territory: the district.
            roads: roads of each community, by id.
            chance: the draws.
        """
        self._territory = territory
        self._roads = roads
        self._all_roads = sorted({road for each in roads.values() for road in each})
        self._chance = chance
        self._grammar = Grammar(chance)
        self._mentions = Weighted(list(MENTIONS.values()))

    def write(self, opening: Opening) -> Letter:
        """Write the letter that opens a request."""
        if opening.estate is None:
            road = self._chance.choice(self._all_roads)
            return Letter(self._grammar.elsewhere(road, again=opening.is_again), f"坪山区{road}")
        return self._about(opening.estate, opening)

    def _about(self, estate: UnitRow, opening: Opening) -> Letter:
        mention = list(MENTIONS)[self._mentions.draw(self._chance, 1)[0]]
        resident = draw_resident(self._chance) if self._chance.random() < WITH_RESIDENT else None
        words = self._grammar.about(
            opening.problem,
            self._called(estate, mention),
            self._chance.choice(self._roads[estate.parent]),
            resident,
            again=opening.is_again,
        )
        told = {
            **self._address(estate, mention),
            **self._field(estate, mention),
            **self._position(estate, mention),
        }
        return Letter(words, mention=mention, resident=resident, **told)

    def _called(self, estate: UnitRow, mention: str) -> str:
        if mention == "name":
            return estate.name
        return self._chance.choice(estate.aliases if mention == "alias" else HERE)

    def _tells(self, mention: str, alone: str, also: float) -> bool:
        """Whether a letter tells its estate in this way: as its only one, or beside a name at times."""
        return mention == alone or (mention in ("name", "alias") and self._chance.random() < also)

    def _address(self, estate: UnitRow, mention: str) -> dict[str, Any]:
        if self._tells(mention, "address", ALSO_ADDRESS):
            return {"address": f"{estate.address}{estate.name}{self._chance.randint(1, 18)}栋"}
        areas = [self._territory.above(estate, level) for level in ("district", "street", "community")]
        return {"address": "".join(area.name for area in areas if area is not None)}

    def _field(self, estate: UnitRow, mention: str) -> dict[str, Any]:
        if self._tells(mention, "field", ALSO_FIELD):
            return {"estate": self._chance.choice((estate.name, *estate.aliases))}
        return {}

    def _position(self, estate: UnitRow, mention: str) -> dict[str, Any]:
        if estate.lon is None or estate.lat is None or not self._tells(mention, "position", ALSO_POSITION):
            return {}
        return {"lon": self._near(estate.lon), "lat": self._near(estate.lat)}

    def _near(self, degrees: float) -> float:
        return round(degrees + self._chance.uniform(-POSITION_JITTER, POSITION_JITTER), 6)
