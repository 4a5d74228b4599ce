"""How long each query takes, and what it reads; and what the tables take on disk."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

from deploy.local.clickhouse import ClickHouseServer
from tests.bench.dashboards.asking import Question

TARGET_MS: Final = 100.0
LEAST_RUNS: Final = 3


@dataclass(frozen=True)
class Answer:
    """What a question cost."""

    name: str
    runs: int
    p50_ms: float
    p95_ms: float
    """Of fewer than 20 runs: the slowest."""
    rows_read: int
    bytes_read: int
    rows: int
    failure: str = ""
    """Why it has no answer within the limits of who asks."""

    @property
    def is_fast(self) -> bool:
        """Whether it reaches the target."""
        return not self.failure and self.p95_ms < TARGET_MS


@dataclass(frozen=True)
class Storage:
    """What a table takes on disk."""

    table: str
    rows: int
    bytes_on_disk: int


class Asker:
    """One connection for each user who asks, as the dashboards' own users with their limits."""

    def __init__(self, server: ClickHouseServer) -> None:
        self._server = server
        self._clients: dict[str, Client] = {}

    def ask(self, question: Question, runs: int, seconds: float) -> Answer:
        """Ask `runs` times, or at least three times and for so many seconds; once before, unmeasured."""
        client = self._client(question.user)
        began = time.monotonic()
        taken: list[float] = []
        rows: list[Any] = []
        try:
            client.execute(question.text, question.values)
            while len(taken) < runs and (len(taken) < LEAST_RUNS or time.monotonic() - began < seconds):
                at = time.perf_counter()
                rows = client.execute(question.text, question.values)
                taken.append((time.perf_counter() - at) * 1000)
        except ServerException as error:
            spent = (time.monotonic() - began) * 1000
            return Answer(question.name, len(taken), spent, spent, 0, 0, 0, f"refused with code {error.code}")
        progress = client.last_query.progress
        p95 = statistics.quantiles(taken, n=20)[18] if len(taken) >= 20 else max(taken)
        return Answer(
            question.name, len(taken), statistics.median(taken), p95, progress.rows, progress.bytes, len(rows)
        )

    def _client(self, user: str) -> Client:
        if user not in self._clients:
            address = self._server.address(user)
            self._clients[user] = Client(
                address.host,
                port=address.port,
                user=address.user,
                password=address.password,
                settings={"server_side_params": True},
            )
        return self._clients[user]

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.disconnect()


def stored(client: Client, database: str) -> Iterator[Storage]:
    """Yield what each table takes, the largest first."""
    query = (
        "SELECT table, sum(rows), sum(bytes_on_disk) AS size FROM system.parts"
        " WHERE active AND database = %(database)s GROUP BY table HAVING size > 0 ORDER BY size DESC"
    )
    for row in client.execute(query, {"database": database}):
        yield Storage(*row)
