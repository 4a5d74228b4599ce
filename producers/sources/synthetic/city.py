"""Load: a city of any number of estates, and an endless stream of complaints at the clock's time.

Made for speed, not for figures: texts come from a pool into which the estate's name is put, and every request
is opened and, a thousand requests later, closed. Measured at 120,000 events a second of one core's time.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice, product
from typing import Final

import msgspec

from producers.contract import ComplaintEvent, Kind
from producers.sources.synthetic.chance import Chance, Weighted, chance_of
from producers.sources.synthetic.grammar import Words
from producers.sources.synthetic.letters import word_pool
from producers.sources.synthetic.openings import reporter_hash
from producers.sources.synthetic.rhythm import ZONE
from producers.sources.synthetic.units import Territory, UnitRow

SOURCE: Final = "12345-load"
MOST_ESTATES: Final = 40_000
ESTATES_OF_COMMUNITY: Final = 8
COMMUNITIES_OF_STREET: Final = 10
STREETS_OF_DISTRICT: Final = 8
COMPANIES: Final = 200
SPREAD: Final = 1.2
"""Of the estates' rates, in logarithms: two decades between quiet and busy ones."""
LETTERS: Final = 4000
PEOPLE: Final = 20_000
OPEN_AT_ONCE: Final = 1000
"""Requests that are open before the first of them is closed."""
BLOCK: Final = 4096
STEP_DEGREES: Final = 0.004

FIRST: Final = "金银翠锦云星海天龙凤华荣康宁祥瑞嘉盛永泰和顺明德"
SECOND: Final = "湖山河湾溪谷林泉岭峰洲堤桥塘坪原野岸浦津"
THIRD: Final = "风月雨雪春秋晨晖霞岚松竹梅兰荷桂枫榕棠樱"
LAST: Final = ("花园", "家园", "雅苑", "华庭", "名居")


@cache
def city(estates: int) -> Territory:
    """Return a city of so many estates, all lived in; the same number gives the same city.

    Raises:
        ValueError: none, or more than there are names for.
    """
    if not 1 <= estates <= MOST_ESTATES:
        raise ValueError(f"a city has 1 to {MOST_ESTATES:,} estates, not {estates:,}")
    return Territory(_rows(estates, chance_of(estates, "city")))


def _rows(estates: int, chance: Chance) -> Iterator[UnitRow]:
    names = list(islice(_names(), MOST_ESTATES))
    yield UnitRow("L", "city", "负载市")
    for number, name in enumerate(chance.sample(names, estates)):
        yield from _areas_begun(number)
        yield _estate(number, name, chance)


def _names() -> Iterator[str]:
    """Yield names of five characters: of one length, so that none lies within another."""
    for first, second, third, last in product(FIRST, SECOND, THIRD, LAST):
        yield first + second + third + last


def _areas_begun(number: int) -> Iterator[UnitRow]:
    """Yield the areas whose first estate has this number."""
    street_size = ESTATES_OF_COMMUNITY * COMMUNITIES_OF_STREET
    district_size = street_size * STREETS_OF_DISTRICT
    if number % district_size == 0:
        yield UnitRow(
            f"L{number // district_size:02}", "district", f"负载{number // district_size + 1}区", "L"
        )
    district = f"L{number // district_size:02}"
    if number % street_size == 0:
        street = number // street_size
        yield UnitRow(f"LS{street:04}", "street", f"负载{street + 1}街道", district)
    if number % ESTATES_OF_COMMUNITY == 0:
        community = number // ESTATES_OF_COMMUNITY
        yield UnitRow(
            f"LC{community:05}", "community", f"负载{community + 1}社区", f"LS{number // street_size:04}"
        )


def _estate(number: int, name: str, chance: Chance) -> UnitRow:
    side = math.isqrt(MOST_ESTATES)
    return UnitRow(
        id=f"LE{number:05}",
        level="estate",
        name=name,
        parent=f"LC{number // ESTATES_OF_COMMUNITY:05}",
        address=f"负载大道{number + 1}号",
        lon=round(113.8 + number % side * STEP_DEGREES, 6),
        lat=round(22.5 + number // side * STEP_DEGREES, 6),
        households=round(min(4000.0, max(150.0, chance.lognormvariate(math.log(800), 0.7)))),
        property_company=f"负载物业{chance.randrange(COMPANIES) + 1}公司",
        developer=f"负载置业{chance.randrange(COMPANIES) + 1}公司",
        status="delivered",
    )


def utc_now() -> dt.datetime:
    """Return the machine's time."""
    return dt.datetime.now(dt.UTC)


def city_events(
    territory: Territory,
    seed: int,
    clock: Callable[[], dt.datetime] = utc_now,
) -> Iterator[ComplaintEvent]:
    """Yield complaints without end, each happening when it is drawn; caller paces and stops.

    Args:
        territory: whose estates are complained about, e.g. `city(15_000)`.
        seed: the same seed and clock give the same events; another first moment gives other ids.
        clock: returns the moment of the next event (aware); never goes back.
    """
    chance = chance_of(seed, "load")
    source = _Requests(territory.delivered(), chance)
    prefix = f"L{seed}-{clock():%Y%m%d%H%M%S%f}-"
    open_: deque[ComplaintEvent] = deque()
    for number in count():
        event = source.open(f"{prefix}{number}", clock())
        yield event
        open_.append(event)
        if len(open_) > OPEN_AT_ONCE:
            yield _closed(open_.popleft(), clock())


def _closed(event: ComplaintEvent, moment: dt.datetime) -> ComplaintEvent:
    return msgspec.structs.replace(
        event, event_id=f"{event.request_id}-2", kind=Kind.CLOSED, occurred_at=moment, status="已办结"
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What was drawn for one request."""

    estate: UnitRow
    words: Words
    reporter: str


class _Requests:
    """Opens requests; draws in blocks, which costs a fifth of drawing one by one."""

    def __init__(self, estates: tuple[UnitRow, ...], chance: Chance) -> None:
        self._estates = estates
        self._weighted = Weighted([chance.lognormvariate(0, SPREAD) for _ in estates])
        self._words = word_pool(LETTERS, chance)
        self._people = [reporter_hash(f"load/{number}") for number in range(PEOPLE)]
        self._chance = chance
        self._block = self._draw()

    def open(self, request_id: str, moment: dt.datetime) -> ComplaintEvent:
        """Return the opening of a request."""
        drawn = next(self._block)
        words, name = drawn.words, drawn.estate.name
        return ComplaintEvent(
            source=SOURCE,
            request_id=request_id,
            event_id=f"{request_id}-1",
            kind=Kind.OPENED,
            occurred_at=moment,
            zone=ZONE,
            title=words.title.replace("{estate}", name),
            text=words.text.replace("{estate}", name),
            address=drawn.estate.address,
            category=words.category,
            channel="热线电话",
            reporter=drawn.reporter,
            status="已受理",
            department=words.department,
        )

    def _draw(self) -> Iterator[_Drawn]:
        while True:
            indices = self._weighted.draw(self._chance, BLOCK)
            pool = self._chance.choices(self._words, k=BLOCK)
            people = self._chance.choices(self._people, k=BLOCK)
            for index, words, reporter in zip(indices, pool, people, strict=True):
                yield _Drawn(self._estates[index], words, reporter)
