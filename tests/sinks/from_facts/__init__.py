"""What views said before there was a table of requests: the same, put together from the facts when asked."""

from __future__ import annotations

from pathlib import Path

from sinks.settings import SinksSettings
from sinks.statements import resolve, split


def from_facts(view: str, settings: SinksSettings) -> str:
    """Return the query whose rows that view must have."""
    [statement] = split(resolve(Path(__file__).with_name(f"{view}.sql").read_text(), settings))
    return statement
