"""The petition office's register: 806 petitions in four years, 327 about planning, housing and construction.

All are about estates. The register is a second request system beside the hotline. It begins two years
earlier, so that how long an estate has been quiet can be seen; the hotline's record begins with 2020.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from producers.contract import ComplaintEvent, Kind
from producers.sources.synthetic.chance import Chance, Weighted
from producers.sources.synthetic.governance import BRANCH_MODEL, BRANCH_MODEL_FOUNDED, QUIET_MODEL
from producers.sources.synthetic.openings import reporter_hash
from producers.sources.synthetic.rhythm import ZONE, DayDraw, Period, local_date, moment_of
from producers.sources.synthetic.units import Territory, UnitRow

SOURCE: Final = "petitions-pingshan"
RECORD: Final = Period(dt.date(2018, 1, 1), dt.date(2022, 1, 1))
TOTAL: Final = 806
HOUSING_TOTAL: Final = 327
YEARLY_GROWTH: Final = 1.15
MODEL_BEFORE: Final = 5
"""Petitions of the model estate before its party branch; none after."""

HOUSING: Final = {
    "规划国土": (
        "规划和自然资源局",
        (
            "不同意在{estate}旁边建设变电站",
            "{estate}项目选址与原规划不符",
            "{estate}业主要求落实配套学校",
            "{estate}不动产证办理问题",
        ),
    ),
    "住房建设": (
        "住房和建设局",
        (
            "{estate}房屋质量问题",
            "{estate}延期交房要求赔偿",
            "{estate}物业公司续聘纠纷",
            "{estate}业委会选举纠纷",
            "{estate}车位出售纠纷",
        ),
    ),
}
"""The register's categories that are planning, housing and construction: departments and subjects."""
OTHERS: Final = {
    "环境保护": ("生态环境局", ("{estate}附近工厂废气扰民", "{estate}居民反映夜间施工噪声")),
    "教育": ("教育局", ("{estate}家长要求解决公办学位", "{estate}学区划分争议")),
    "交通运输": ("交通运输局", ("{estate}周边道路迟迟不通车", "{estate}居民要求增加公交线路")),
    "城市管理": ("城市管理和综合执法局", ("{estate}违建长期未拆除", "{estate}垃圾中转站臭气扰民")),
    "劳动社保": ("人力资源局", ("{estate}物业员工被拖欠工资", "{estate}居民反映社保补缴问题")),
    "民政": ("民政局", ("{estate}老人申请居家养老服务", "{estate}居民申请救助")),
}
OTHER_WEIGHTS: Final = (5, 4, 4, 4, 5, 2)
BODIES: Final = (
    "{count}名居民到区信访局反映:{subject}。要求职能部门书面答复。",
    "来访人代表{estate}业主反映:{subject},此前多次投诉未果。",
    "群众来信反映:{subject}。请责任单位依法按政策处理。",
    "{estate}居民联名来信:{subject},共{count}人签名。",
)
MASS_PERSONS: Final = 5
"""From so many persons on it is a mass petition (集体访)."""


class PetitionOffice:
    """Writes the register."""

    def __init__(self, territory: Territory, shares: Sequence[float], chance: Chance) -> None:
        """Take in who may petition.

        Args:
            territory: the district.
            shares: each delivered estate's share of the petitions, in their order.
            chance: the draws.
        """
        self._territory = territory
        self._estates = territory.delivered()
        self._shares = shares
        self._chance = chance
        self._days = _office_days(RECORD)
        self._model_days = _office_days(Period(RECORD.first, BRANCH_MODEL_FOUNDED))

    def petitions(self) -> Iterator[list[ComplaintEvent]]:
        """Yield the events of each petition, in order of the petitions' dates."""
        places = self._places()
        housing = [True] * HOUSING_TOTAL + [False] * (TOTAL - HOUSING_TOTAL)
        self._chance.shuffle(housing)
        moments = sorted((self._moment(place), number) for number, place in enumerate(places))
        for rank, (moment, number) in enumerate(moments, 1):
            request_id = f"XF{moment:%Y}{rank:05}"
            yield list(self._petition(request_id, moment, places[number], housing=housing[number]))

    def _places(self) -> list[UnitRow]:
        open_ = [
            0.0 if row.name in (BRANCH_MODEL, QUIET_MODEL) else math.sqrt(share)
            for row, share in zip(self._estates, self._shares, strict=True)
        ]
        drawn = Weighted(open_).draw(self._chance, TOTAL - MODEL_BEFORE)
        model = next(row for row in self._estates if row.name == BRANCH_MODEL)
        return [*(self._estates[index] for index in drawn), *[model] * MODEL_BEFORE]

    def _moment(self, place: UnitRow) -> dt.datetime:
        days = self._model_days if place.name == BRANCH_MODEL else self._days
        return moment_of(days.draw(self._chance, 1)[0], self._chance)

    def _petition(
        self, request_id: str, moment: dt.datetime, place: UnitRow, *, housing: bool
    ) -> Iterator[ComplaintEvent]:
        category, department, subjects = self._subject(housing=housing)
        persons = self._chance.choices((1, 2, 3, 5, 8, 15, 32), (30, 14, 8, 6, 4, 2, 1))[0]
        slots = {"estate": place.name, "count": persons}
        subject = self._chance.choice(subjects).format_map(slots)
        common: dict[str, Any] = {
            "source": SOURCE,
            "request_id": request_id,
            "zone": ZONE,
            "title": subject,
            "text": self._chance.choice(BODIES).format_map({**slots, "subject": subject}),
            "estate": place.name,
            "category": category,
            "channel": "集体访"
            if persons >= MASS_PERSONS
            else self._chance.choice(("来信", "来访", "网上信访")),
            "department": department,
            "reporter": reporter_hash(f"petition/{request_id}"),
            "extra": {"persons": persons},
            **self._areas(place),
        }
        yield ComplaintEvent(
            event_id=f"{request_id}-1", kind=Kind.PETITIONED, occurred_at=moment, status="已受理", **common
        )
        answered = moment + dt.timedelta(
            days=self._chance.randint(6, 58), seconds=self._chance.randrange(9000)
        )
        if local_date(answered) < RECORD.end:
            yield ComplaintEvent(
                event_id=f"{request_id}-2", kind=Kind.CLOSED, occurred_at=answered, status="已答复", **common
            )

    def _subject(self, *, housing: bool) -> tuple[str, str, tuple[str, ...]]:
        table = HOUSING if housing else OTHERS
        weights = (1, 1) if housing else OTHER_WEIGHTS
        category = self._chance.choices(list(table), weights)[0]
        return category, *table[category]

    def _areas(self, place: UnitRow) -> dict[str, str]:
        above = {level: self._territory.above(place, level) for level in ("district", "street", "community")}
        return {level: area.name for level, area in above.items() if area}


def _office_days(period: Period) -> DayDraw:
    return DayDraw([day for day in period.dates if day.weekday() < 5], YEARLY_GROWTH)
