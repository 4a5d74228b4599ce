"""Writes docs/tables.md from the comments of a migrated server: `python -m tests.sinks.tables_page`.

A test compares the page with the server, so that it cannot grow old.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from deploy.local.clickhouse import prepare_clickhouse
from deploy.local.ports import free_ports
from deploy.local.program import running
from sinks.clickhouse import ClickHouse
from sinks.contract import BI_DATABASE, DATABASE
from sinks.migrate import Migrator
from sinks.settings import SinksSettings
from tests.sinks.conftest import settings_for

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"
INTRODUCTION = Path(__file__).with_name("tables_introduction.md").read_text(encoding="utf-8")
COLUMNS = """
SELECT c.database, c.table, t.comment, c.name, c.type, c.comment
FROM system.columns AS c
JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
WHERE c.database IN {databases:Array(String)}
    AND c.table NOT IN ('units_dict', 'units_current', 'estates_now_dict')
ORDER BY c.database, c.table, c.position
"""


def tables_page(settings: SinksSettings) -> str:
    """Return the page that a migrated server's comments make."""
    server = ClickHouse(settings.clickhouse)
    own = {settings.clickhouse.database: DATABASE, settings.clickhouse.bi_database: BI_DATABASE}
    rows = server.execute(COLUMNS, {"databases": [*own]})
    server.close()
    sections = groupby(rows, key=lambda row: (own[row[0]], row[1], row[2]))
    parts = [
        line
        for (database, table, comment), columns in sections
        for line in _section(f"{database}.{table}", comment, columns)
    ]
    return "\n".join([INTRODUCTION, *parts])


def _section(name: str, comment: str, columns: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"## {name}\n\n{comment}.\n\n| column | type | meaning |\n|---|---|---|"
    for *_, column, kind, meaning in columns:
        yield f"| `{column}` | `{kind}` | {meaning.replace('|', chr(92) + '|')} |"
    yield ""


def main() -> None:
    """Start a server, migrate it, and write the page."""
    with tempfile.TemporaryDirectory() as directory:
        server = prepare_clickhouse(Path(directory), *free_ports(2))
        with running(server.program()):
            settings = settings_for(server, "admin")
            Migrator(settings).migrate()
            PAGE.write_text(tables_page(settings))


if __name__ == "__main__":
    main()
