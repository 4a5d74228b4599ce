"""The console's way to ClickHouse: the queries of `queries/`, run in threads with little patience.

Who asks has a scope, and every query that shows events, surges or units says `{in_scope}`: the rows outside
never leave the database. `{in_unit}` does the same for the unit that a page is about. Of an estate or a
community `{may_be_of_unit}` says beforehand which requests may be of it: no others need be read.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib.resources import files
from typing import Any, Final, TypeVar

from deploy.console.decisions import Decision
from deploy.console.people import EVERYTHING, Person, Scope
from deploy.console.settings import ConsoleSettings
from sinks.clickhouse import ClickHouse, DatabaseRefused
from sinks.contract import REVIEW_DECISIONS, SURGE_ACTIONS
from sinks.ladder.rungs import ActionKind
from sinks.settings import SinksSettings
from sinks.statements import resolve, split
from streams.contract import Level, milliseconds

Row = TypeVar("Row")

THREADS: Final = 4
PATIENCE_SECONDS: Final = 3.0
"""A page that waits longer for a database which is away is better told so."""
ACTION_COLUMNS: Final = ("action_id", "surge_id", "action", "actor", "role", "level", "reason", "until", "at")
DECISION_COLUMNS: Final = (
    *("decision_id", "kind", "name", "source", "request_id", "event_id", "verdict", "estate_id"),
    *("tagged_estate_id", "tag_rule", "tag_confidence"),
    *("actor", "role", "at"),
)


def _within(parameter: str) -> str:
    """Return the condition of a unit `LEVEL:ID`; the server leaves of it what its level needs, one column."""
    unit = f"{{{parameter}:String}}"
    levels = " OR ".join(
        f"(startsWith({unit}, '{level}:') AND {level}_id = substring({unit}, {len(level) + 2}))"
        for level in Level
    )
    return f"({unit} = '' OR {levels})"


CONDITIONS: Final = {
    "{may_be_of_unit}": (
        "(splitByChar(':', {within:String})[1] NOT IN ('estate', 'community') OR (request_id, source) IN"
        " (SELECT request_id, source FROM {bi}.request_units WHERE unit = {within:String}))"
    ),
    "{in_scope}": _within("scope"),
    "{in_unit}": _within("within"),
}
"""Macro -> what it stands for, in the order in which they are put in."""


def statement(name: str, settings: SinksSettings) -> str:
    """Return the one statement of `queries/NAME.sql`, conditions and macros put in."""
    text = files("deploy.console").joinpath("queries", f"{name}.sql").read_text()
    for macro, condition in CONDITIONS.items():
        text = text.replace(macro, condition)
    [found] = split(resolve(text, settings))
    return found


class Database:
    """ClickHouse as the console's user; methods may be called from the event loop."""

    def __init__(self, settings: SinksSettings, console: ConsoleSettings) -> None:
        changes = {
            "user": console.clickhouse_user,
            "password": console.clickhouse_password,
            "patience_seconds": PATIENCE_SECONDS,
            "longest_pause_seconds": 0.5,
            "reply_seconds": float(console.query_seconds),
        }
        self._settings = settings.model_copy(
            update={"clickhouse": settings.clickhouse.model_copy(update=changes)}
        )
        self._server = ClickHouse(self._settings.clickhouse)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="console-query")
        self._statement = cache(partial(statement, settings=self._settings))

    async def rows(
        self, name: str, row: type[Row], scope: Scope = EVERYTHING, within: Scope = EVERYTHING, **values: Any
    ) -> list[Row]:
        """Run `queries/NAME.sql` and return its rows.

        Args:
            name: the query.
            row: class whose fields are the query's columns, in their order.
            scope: of whoever asks.
            within: the unit that a page is about.
            values: of the query's other parameters.

        Raises:
            DatabaseAway: ClickHouse cannot be reached, or is too slow.
            DatabaseRefused: it refuses the query.
        """
        parameters = {"scope": str(scope), "within": str(within), **values}
        found = await self._in_thread(self._server.execute, self._statement(name), parameters)
        return [row(*each) for each in found]

    async def note(
        self,
        surge: str,
        action: ActionKind,
        person: Person,
        reason: str,
        *,
        until: dt.datetime | None = None,
        level: Level | None = None,
    ) -> None:
        """Write what a person did about a surge into the audit table.

        Raises:
            DatabaseAway: ClickHouse cannot be reached; whether it was written is not known.
            DatabaseRefused: it refuses the row.
        """
        now = milliseconds(dt.datetime.now(dt.UTC))
        row = (uuid.uuid4(), surge, action.value, person.name, person.role.value, level or "", reason)
        await self._insert(SURGE_ACTIONS, ACTION_COLUMNS, (*row, until and milliseconds(until), now))

    async def decide(self, decision: Decision, person: Person) -> None:
        """Write what a person decided in a review.

        Raises:
            DatabaseAway: ClickHouse cannot be reached; whether it was written is not known.
            DatabaseRefused: it refuses the row.
        """
        now = milliseconds(dt.datetime.now(dt.UTC))
        row = (uuid.uuid4(), *decision, person.name, person.role.value, now)
        await self._insert(REVIEW_DECISIONS, DECISION_COLUMNS, row)

    def close(self) -> None:
        """Wait for the queries that run, and end the threads."""
        self._threads.shutdown()

    async def _insert(self, table: str, names: tuple[str, ...], row: tuple[Any, ...]) -> None:
        columns = [[value] for value in row]
        refused = await self._in_thread(self._server.insert, table, names, columns)
        if refused:
            raise DatabaseRefused(f"{table} does not take it: {refused[0].reason}")

    async def _in_thread(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
