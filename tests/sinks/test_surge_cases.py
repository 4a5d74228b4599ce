"""What the views say of surges as cases, and of what people called not a surge, where the answer is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from producers.contract import Kind
from sinks.clickhouse import ClickHouse
from sinks.ladder.actions import LADDER, Actions
from sinks.ladder.rungs import Action, ActionKind
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Level, Path, Surge, Tagged
from tests.sinks.alerts.surges import cleared, surge
from tests.sinks.made import NOON, fact, store

pytestmark = pytest.mark.stack

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PATH = Path("e1", "c1", "s1", "d1", "city")
OPENED, CLOSED, REOPENED = (Kind.OPENED, 0), (Kind.CLOSED, 5), (Kind.REOPENED, 6)


def request(number: int, *steps: tuple[Kind, float], estate: str = "e1", **fields: Any) -> list[Tagged]:
    """One request's events; each step is (kind, hours after noon)."""
    path = Path(estate, *("c1", "s1", "d1", "city"))
    return [
        fact(
            number * 100 + step,
            NOON + hours * HOUR,
            request_id=f"r{number}",
            event_id=f"{number}/{step}",
            kind=kind,
            path=path,
            **fields,
        )
        for step, (kind, hours) in enumerate(steps)
    ]


def surge_of(name: str, numbers: Sequence[int], after: dt.timedelta = HOUR, **fields: Any) -> Surge:
    """A surge of estate e1 that opened so long after noon, and ended three hours later."""
    at = NOON + after
    values = {"unit": "e1", "path": PATH, "request_ids": tuple(f"r{number}" for number in numbers), **fields}
    return cleared(surge(surge_id=name, opened_at=at, updated_at=at, **values), at + 3 * HOUR)


def act(surge_id: str, kind: ActionKind, minute: int, actor: str = "li") -> Action:
    return Action(surge_id, kind.value, actor, "", "why", None, NOON + dt.timedelta(minutes=minute))


class Told:
    """The fresh tables, and what the views say of them."""

    def __init__(self, settings: SinksSettings, server: ClickHouse) -> None:
        self._settings, self._server = settings, server
        self._bi = settings.clickhouse.bi_database

    def store(self, surges: Sequence[Surge], facts: Sequence[Tagged] = (), *actions: Action) -> None:
        sink = ClickHouseSink(self._settings)
        assert not sink.insert_surges([*surges])
        if facts:
            assert not store(sink, [*facts])
            RequestKeeper(self._settings).keep_all()
        if actions:
            Actions(self._settings).add(actions)

    def rows(self, view: str, columns: str) -> list[tuple[Any, ...]]:
        order = "surge_id" if view != "surge_feedback" else "month, level, category"
        return self._server.execute(f"SELECT {columns} FROM {self._bi}.{view} ORDER BY {order}")

    def cases(self, columns: str) -> list[tuple[Any, ...]]:
        return self.rows("surge_cases", f"surge_id, {columns}")


@pytest.fixture
def told(fresh: SinksSettings, server: ClickHouse) -> Told:
    return Told(fresh, server)


def test_a_case_is_solved_when_all_its_requests_are_closed_and_comes_back_when_one_is_reopened(
    told: Told,
) -> None:
    closed_later = (Kind.CLOSED, 9)
    facts = [
        *request(1, OPENED, CLOSED),
        *request(2, OPENED),
        *request(3, OPENED, CLOSED, (Kind.RATED, 30)),
        *request(4, OPENED, CLOSED, REOPENED),
        *request(5, OPENED, CLOSED, REOPENED, closed_later),
    ]
    told.store(
        [
            surge_of("1 open", [1, 2], category="a"),
            surge_of("2 solved", [1, 3], category="b"),
            surge_of("3 came back", [1, 4], category="c"),
            surge_of("4 never solved", [2, 4], category="d"),
            surge_of("5 solved again", [1, 5], category="e"),
            surge_of("6 not stored yet", [9], category="f"),
        ],
        facts[::-1],
    )
    at = [NOON + hour * HOUR for hour in range(10)]
    assert told.cases("requests, requests_open, requests_reopened, case_status, solved_at, relapsed_at") == [
        ("1 open", 2, 1, 0, "open", None, None),
        ("2 solved", 2, 0, 0, "solved", at[5], None),
        ("3 came back", 2, 1, 1, "relapsed", None, at[6]),
        ("4 never solved", 2, 2, 1, "open", None, None),
        ("5 solved again", 2, 0, 1, "solved", at[9], None),
        ("6 not stored yet", 0, 0, 0, "open", None, None),
    ]


def test_a_request_counts_where_the_surge_is(told: Told) -> None:
    """Another system may number its requests alike, and a review may have moved one elsewhere."""
    elsewhere = request(1, OPENED, estate="e2", source="letters")
    facts = [*request(1, OPENED, CLOSED), *elsewhere, *request(2, OPENED, estate="e3")]
    units = ("e1", "c1", "s1", "d1", "city")
    placed = [
        surge(level, surge_id=level.value, unit=unit, request_ids=("r1", "r2"))
        for level, unit in zip(Level, units, strict=True)
    ]
    told.store(placed, facts)
    assert told.cases("requests, requests_open") == [
        ("city", 3, 2),
        ("community", 3, 2),
        ("district", 3, 2),
        ("estate", 1, 0),
        ("street", 3, 2),
    ]


@pytest.mark.parametrize(
    ("days", "closed_day", "fields", "is_relapse"),
    [
        (29, 0, {}, True),
        (31, 0, {}, False),
        (40, 15, {}, True),  # solved long after it had ended
        (50, 15, {}, False),
        (20, None, {}, True),  # rose again before it was solved
        (35, 60, {}, False),  # nor does it become one when the first is solved later
        (29, 0, {"category": "parking"}, False),
        (29, 0, {"unit": "e2", "path": Path("e2", "c1", "s1", "d1", "city")}, False),
    ],
)
def test_the_same_matter_at_the_same_unit_within_thirty_days_is_a_relapse(
    told: Told, days: int, closed_day: int | None, fields: dict[str, Any], is_relapse: bool
) -> None:
    closing = [] if closed_day is None else [(Kind.CLOSED, 24.0 * closed_day + 1)]
    first, again = surge_of("1", [1]), surge_of("2", [2], days * DAY, **fields)
    told.store([first, again], [*request(1, OPENED, *closing), *request(2, (Kind.OPENED, 24.0 * days))])
    before = "solved" if closing else "open"
    assert told.cases("case_status, relapsed_at, relapse_of") == [
        ("1", "relapsed" if is_relapse else before, again.opened_at if is_relapse else None, ""),
        ("2", "open", None, "1" if is_relapse else ""),
    ]


def test_what_people_called_none_is_no_case_and_nothing_is_a_relapse_of_it(told: Told) -> None:
    surges = [surge_of(str(number), [number], number * DAY) for number in (1, 2, 3)]
    called_none = act("2", ActionKind.NOT_A_SURGE, 1)
    told.store(surges, [], called_none)
    assert told.cases("relapse_of") == [("1", ""), ("3", "1")]
    told.store([], [], act("2", ActionKind.ACKNOWLEDGE, 2))
    assert told.cases("relapse_of") == [("1", ""), ("2", "1"), ("3", "2")]


def test_the_last_word_of_people_is_their_verdict(told: Told) -> None:
    kinds = {
        "1 nobody": [],
        "2 silenced": [ActionKind.SILENCE],
        "3 taken up": [ActionKind.ACKNOWLEDGE],
        "4 none": [ActionKind.ACKNOWLEDGE, ActionKind.NOT_A_SURGE, ActionKind.SILENCE],
        "5 taken back": [ActionKind.NOT_A_SURGE, ActionKind.ACKNOWLEDGE],
        "6 solved": [ActionKind.RESOLVE],
    }
    by_hand = [act(name, kind, minute) for name, found in kinds.items() for minute, kind in enumerate(found)]
    by_itself = [act("1 nobody", kind, 9, LADDER) for kind in (ActionKind.TELL, ActionKind.RAISE)]
    told.store([surge_of(name, [1]) for name in kinds], [], *by_hand[::-1], *by_itself)
    first = {name: NOON + dt.timedelta(minutes=len(found) - 1) for name, found in kinds.items()}
    assert told.rows("surge_verdicts", "surge_id, is_told, is_surge, judged_at, judged_by") == [
        ("1 nobody", True, None, None, ""),
        ("2 silenced", False, None, None, ""),
        ("3 taken up", False, True, first["3 taken up"], "li"),
        ("4 none", False, False, NOON + dt.timedelta(minutes=1), "li"),
        ("5 taken back", False, True, first["5 taken back"], "li"),
        ("6 solved", False, True, first["6 solved"], "li"),
    ]


def test_feedback_is_counted_by_month_level_and_category(told: Told) -> None:
    noise = [surge_of(f"n{number}", [number]) for number in range(4)]
    late = surge_of("july", [9], 29 * DAY + 13 * HOUR)  # one o'clock on the first of July there
    area = surge(Level.STREET, surge_id="street", opened_at=NOON, updated_at=NOON, category="parking")
    none, real = ActionKind.NOT_A_SURGE, ActionKind.RESOLVE
    told.store(
        [*noise, late, area],
        [],
        *(act("n0", ActionKind.TELL, 0, LADDER), act("n0", none, 1), act("n1", real, 1)),
        *(act("n2", real, 1), act("july", none, 1)),
    )
    june, july = dt.date(2021, 6, 1), dt.date(2021, 7, 1)
    counted = "month, level, category, surges, told, judged, not_a_surge, share"
    assert told.rows("surge_feedback", counted) == [
        (june, "estate", "noise", 4, 1, 3, 1, pytest.approx(1 / 3)),
        (june, "street", "parking", 1, 0, 0, 0, None),
        (july, "estate", "noise", 1, 0, 1, 1, 1.0),
    ]
