"""SQL files and their macros: the same files serve one server and a cluster. Pure but for reading the files.

Macros, the whole set:

- `{db}`, `{bi}`: the databases of the tables and of the readers' views;
- `{on_cluster}`: `ON CLUSTER name`, or nothing on one server;
- `{engine:X}`: X on one server, `ReplicatedX` on a cluster (path and replica are the server's defaults);
- `{zone}`: the platform's time zone; `{minute_days}`, `{hour_days}`: retention;
- `{dictionary_user}`: whom dictionaries load as;
- `{include:NAME}`: what stands in `sinks/queries/NAME.sql`; not for migrations that are applied once.

In queries, `{name:Type}` of another name is a parameter that the server fills in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Final

from sinks.settings import SinksSettings

INCLUDE: Final = re.compile(r"\{include:(\w+)\}")
MACRO: Final = re.compile(r"\{(engine):([^{}]+)\}|\{(\w+)\}")
# A quoted string, a comment, or the end of a statement; whatever comes first is taken whole, so that a
# semicolon within a comment or a string ends nothing.
TOKEN: Final = re.compile(r"'(?:[^'\\]|''|\\.)*'|--[^\n]*|;")


class UnknownMacro(Exception):
    """A SQL file uses a macro that does not exist."""


def macros(settings: SinksSettings) -> dict[str, str]:
    """Return what each macro stands for, the engine's apart."""
    clickhouse = settings.clickhouse
    return {
        "db": clickhouse.database,
        "bi": clickhouse.bi_database,
        "on_cluster": f"ON CLUSTER '{clickhouse.cluster}'" if clickhouse.cluster else "",
        "zone": settings.zone,
        "minute_days": str(settings.minute_days),
        "hour_days": str(settings.hour_days),
        "dictionary_user": clickhouse.dictionary_user,
    }


def resolve(text: str, settings: SinksSettings) -> str:
    """Return the text with its macros replaced.

    Raises:
        UnknownMacro: there is none of that name.
    """
    known = macros(settings)
    replicated = "Replicated" if settings.clickhouse.cluster else ""

    def value(match: re.Match[str]) -> str:
        if match[1]:
            return replicated + match[2]
        if match[3] not in known:
            raise UnknownMacro(f"{{{match[3]}}} is none of {', '.join(known)}, engine:...")
        return known[match[3]]

    return MACRO.sub(value, INCLUDE.sub(lambda match: _query_file(match[1]), text))


def split(text: str) -> list[str]:
    """Return the statements of a SQL file, comments removed."""
    statements = ("".join(pieces).strip() for pieces in _pieces(text))
    return [statement for statement in statements if statement]


def _pieces(text: str) -> Iterator[list[str]]:
    pieces: list[str] = []
    position = 0
    for token in TOKEN.finditer(text):
        pieces.append(text[position : token.start()])
        position = token.end()
        if token[0] == ";":
            yield pieces
            pieces = []
        elif not token[0].startswith("--"):
            pieces.append(token[0])
    yield [*pieces, text[position:]]


def query(name: str, settings: SinksSettings) -> str:
    """Return the one statement of `sinks/queries/NAME.sql`, macros replaced."""
    [statement] = split(resolve(_query_file(name), settings))
    return statement


def _query_file(name: str) -> str:
    return files("sinks").joinpath("queries", f"{name}.sql").read_text()
