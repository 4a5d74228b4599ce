"""What becomes of a request: assigned, updated, closed, perhaps reopened and closed again, rated.

Each event repeats what ties the request to its estate, as the contract asks.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any, Final

from producers.contract import ComplaintEvent, Kind
from producers.sources.synthetic.chance import Chance
from producers.sources.synthetic.letters import Letter
from producers.sources.synthetic.openings import Opening
from producers.sources.synthetic.rhythm import LOCAL, ZONE, local_date, midnight
from producers.sources.synthetic.units import Territory

SOURCE: Final = "12345-pingshan"
CHANNELS: Final = ("热线电话", "热线电话", "热线电话", "微信公众号", "@坪山APP", "网站", "社区上报")
STATUSES: Final = {
    Kind.OPENED: "已受理",
    Kind.ASSIGNED: "已分拨",
    Kind.UPDATED: "处理中",
    Kind.CLOSED: "已办结",
    Kind.REOPENED: "重新办理",
    Kind.RATED: "已回访",
}
SLOW: Final = frozenset(
    {"siting", "schools_hospitals", "title_deed_or_delivery", "lifts_per_home", "municipal_facilities"}
)
"""Problems that an estate cannot solve itself: they take longer, and their deadline is later."""
ASSIGNED: Final = 0.97
UPDATED: Final = 0.14
CLOSED: Final = 0.93
REOPENED: Final = 0.08
RATED: Final = 0.55
DEADLINE_DAYS: Final = (5, 15)
"""Working days, for quick and slow problems."""
CLOSING_DAYS: Final = (2.6, 8.0)
"""Median days to close, for quick and slow problems."""
REPLIES: Final = (
    "经核实,已要求物业公司限期整改。", "已联系诉求人,现场查看后安排处理。", "社区已组织协调会,双方达成一致。",
    "该问题已列入下一步改造计划。", "已转开发商维修部门上门处理。", "经查,情况属实,已下发整改通知书。",
    "因涉及规划事项,已转职能部门研究。", "诉求人对处理结果表示认可。",
)  # fmt: skip


class Lives:
    """Makes the events of requests from their openings and letters."""

    def __init__(self, territory: Territory, end: dt.datetime, chance: Chance) -> None:
        """Start with no request.

        Args:
            territory: the district.
            end: what would happen from here on (aware) has not happened yet.
            chance: the draws.
        """
        self._territory = territory
        self._end = end
        self._chance = chance
        self._numbers: dict[dt.date, int] = {}

    def events(self, opening: Opening, letter: Letter) -> Iterator[ComplaintEvent]:
        """Yield the events of one request in order; openings have to come in order of time."""
        request_id = self._next_id(local_date(opening.opened_at))
        common = self._common(opening, letter)
        for number, (kind, moment, more) in enumerate(self._happenings(opening), 1):
            if moment >= self._end:
                return
            yield ComplaintEvent(
                source=SOURCE,
                request_id=request_id,
                event_id=f"{request_id}-{number}",
                kind=kind,
                occurred_at=moment,
                status=STATUSES[kind],
                **common,
                **more,
            )

    def _next_id(self, day: dt.date) -> str:
        self._numbers[day] = number = self._numbers.get(day, 0) + 1
        return f"PS{day:%Y%m%d}{number:04}"

    def _common(self, opening: Opening, letter: Letter) -> dict[str, Any]:
        return {
            "zone": ZONE,
            "title": letter.words.title,
            "text": letter.words.text,
            "address": letter.address,
            "lon": letter.lon,
            "lat": letter.lat,
            "category": letter.words.category,
            "channel": self._chance.choice(CHANNELS),
            "reporter": opening.reporter,
            "estate": letter.estate,
            "department": letter.words.department,
            "due_at": _deadline(opening),
            **self._areas(opening),
        }

    def _areas(self, opening: Opening) -> dict[str, str]:
        areas = {"district": "坪山区"}
        if opening.estate is None:
            return areas
        for level in ("street", "community"):
            area = self._territory.above(opening.estate, level)
            areas[level] = area.name if area else ""
        return areas

    def _happenings(self, opening: Opening) -> Iterator[tuple[Kind, dt.datetime, dict[str, Any]]]:
        chance, moment = self._chance, opening.opened_at
        yield Kind.OPENED, moment, {}
        if chance.random() > ASSIGNED:
            return
        assigned = self._after(moment, hours=chance.lognormvariate(math.log(1.5), 0.9))
        yield Kind.ASSIGNED, assigned, {}
        closed = self._after(assigned, hours=24 * self._days_to_close(opening))
        if chance.random() < UPDATED:
            between = assigned + (closed - assigned) * chance.uniform(0.2, 0.8)
            yield Kind.UPDATED, between.replace(microsecond=0), {"extra": {"reply": chance.choice(REPLIES)}}
        if chance.random() < CLOSED:
            yield from self._endings(opening, closed)

    def _endings(
        self, opening: Opening, closed: dt.datetime
    ) -> Iterator[tuple[Kind, dt.datetime, dict[str, Any]]]:
        chance = self._chance
        yield Kind.CLOSED, closed, {"extra": {"reply": chance.choice(REPLIES)}}
        reopened = chance.random() < REOPENED
        if reopened:
            again = self._after(closed, hours=chance.expovariate(1 / 60))
            yield Kind.REOPENED, again, {}
            closed = self._after(again, hours=24 * self._days_to_close(opening))
            yield Kind.CLOSED, closed, {"extra": {"reply": chance.choice(REPLIES)}}
        if chance.random() < RATED:
            rated = self._after(closed, hours=4 + chance.expovariate(1 / 40))
            yield Kind.RATED, rated, {"satisfaction": self._satisfaction(opening, reopened=reopened)}

    def _days_to_close(self, opening: Opening) -> float:
        return self._chance.lognormvariate(math.log(CLOSING_DAYS[opening.problem in SLOW]), 0.75)

    def _satisfaction(self, opening: Opening, *, reopened: bool) -> float:
        """Return one of five steps from 0 to 1: lower for what was reopened or nobody here can solve."""
        weights = [3, 3, 4, 6, 5] if reopened or opening.problem in SLOW else [1, 2, 4, 9, 10]
        return float(self._chance.choices((0.0, 0.25, 0.5, 0.75, 1.0), weights)[0])

    def _after(self, moment: dt.datetime, hours: float) -> dt.datetime:
        """Return a later moment of the clock's whole seconds, put off to the morning where it is night."""
        later = moment + dt.timedelta(seconds=60 + int(hours * 3600))
        hour = later.astimezone(LOCAL).hour
        if 8 <= hour < 21:
            return later
        morning = midnight(local_date(later) + dt.timedelta(days=hour >= 21))
        return morning + dt.timedelta(hours=8, seconds=self._chance.randrange(4 * 3600))


def _deadline(opening: Opening) -> dt.datetime:
    """Return 18:00 local time of the last working day (Monday to Friday) that the answer may take."""
    left, day = DEADLINE_DAYS[opening.problem in SLOW], local_date(opening.opened_at)
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < 5
    return midnight(day) + dt.timedelta(hours=18)
