"""One run: start a server, fill it, ask everything, print what it cost."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clickhouse_driver import Client

from deploy.local.clickhouse import ClickHouseServer, prepare_clickhouse
from deploy.local.ports import free_ports
from deploy.local.program import running
from tests.bench.dashboards.asking import Place, questions
from tests.bench.dashboards.filling import Size, fill
from tests.bench.dashboards.measuring import Answer, Asker, Storage, stored
from tests.sinks.conftest import settings_for

RUNS: Final = 20
SECONDS: Final = 10.0
EVENING: Final = dt.timedelta(hours=4)
"""Before the midnight at which the data end."""


@dataclass(frozen=True)
class Run:
    """What was measured."""

    size: Size
    fill_seconds: float
    answers: list[Answer]
    storage: list[Storage]


def measure(size: Size, note: Callable[[str], None], kept: Path | None = None) -> Run:
    """Fill a server of its own and ask it everything.

    Args:
        size: how much.
        note: told of each step.
        kept: directory of the server, which is filled once; a temporary one unless given.
    """
    began = time.monotonic()
    with _directory(kept) as directory, filled_server(directory, size, note) as server:
        seconds = time.monotonic() - began
        return Run(size, seconds, list(answers(server, size, note)), _storage(server))


@contextmanager
def filled_server(directory: Path, size: Size, note: Callable[[str], None]) -> Iterator[ClickHouseServer]:
    """Yield a server on this directory, filled once; for as long as the `with` block lasts."""
    server = prepare_clickhouse(directory, *free_ports(2))
    with running(server.program()):
        filled = directory / "filled"
        if not filled.exists():
            note(f"{size.facts:,} facts, {size.estates:,} estates")
            fill(settings_for(server, "admin"), size)
            filled.touch()
        yield server


@contextmanager
def _directory(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="pulse-dashboards-") as made:
        yield Path(made)


def answers(
    server: ClickHouseServer, size: Size, note: Callable[[str], None], runs: int = RUNS
) -> Iterator[Answer]:
    """Ask everything, each question `runs` times, and yield what it cost."""
    asker = Asker(server)
    for question in questions(settings_for(server, "admin"), _place(server, size)):
        answer = asker.ask(question, runs, SECONDS)
        note(f"{answer.name}: {answer.failure or f'{answer.p95_ms:,.0f} ms'}")
        yield answer
    asker.close()


def _place(server: ClickHouseServer, size: Size) -> Place:
    """Return the end of the data, the median estate by complaints, its street, and some request."""
    [(clock,)] = _rows(server, "SELECT max(clock_ms) FROM pulse.progress")
    [(estate, street)] = _rows(
        server,
        "SELECT toString(estate_id), any(toString(street_id)) FROM pulse.complaints WHERE street_id != ''"
        f" GROUP BY estate_id ORDER BY count(), estate_id LIMIT 1 OFFSET {size.estates // 2}",
    )
    [(request,)] = _rows(server, "SELECT any(request_id) FROM pulse.complaints")
    return Place(dt.datetime.fromtimestamp(clock / 1000, dt.UTC) - EVENING, estate, street, request)


def _storage(server: ClickHouseServer) -> list[Storage]:
    with _administrator(server) as client:
        return list(stored(client, "pulse"))


def _rows(server: ClickHouseServer, query: str) -> list[tuple[Any, ...]]:
    with _administrator(server) as client:
        return client.execute(query)  # type: ignore[no-any-return]


@contextmanager
def _administrator(server: ClickHouseServer) -> Iterator[Client]:
    address = server.address()
    client = Client(address.host, port=address.port, user=address.user, password=address.password)
    try:
        yield client
    finally:
        client.disconnect()
