"""Analysts who see one unit alone: a users.d file of ClickHouse, with row policies on the views for BI. Pure.

Policies on the views, not on the tables under them: the views run with the migrator's rights, and an analyst
may read nothing else. A view whose rows lie in no unit is not granted.
"""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape

from sinks import contract
from streams.contract import Level

LEVELS: Final = (Level.DISTRICT, Level.STREET, Level.COMMUNITY, Level.ESTATE)
PLACED_VIEWS: Final = (
    contract.BI_COMPLAINTS,
    contract.BI_COMPLAINTS_NOW,
    contract.BI_FEED,
    contract.BI_REQUESTS,
    contract.BI_REQUEST_OUTCOMES,
    contract.BI_SURGES,
    contract.BI_SURGE_LADDER,
    contract.BI_SURGE_VERDICTS,
    contract.BI_SURGE_CASES,
    contract.BI_ESTATES,
)
"""Views with a column `LEVEL_id` for each of LEVELS."""
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")


def password_variable(name: str) -> str:
    """Return the environment variable of the server that the SHA-256 of the password comes from."""
    return f"PULSE_CLICKHOUSE_{name.upper()}_SHA256"


def filters(level: Level, unit: str, database: str = contract.BI_DATABASE) -> dict[str, str]:
    """Return what each view that an analyst may read is filtered by.

    Raises:
        ValueError: no such scope can be given.
    """
    if level not in LEVELS or not unit:
        raise ValueError(f"a scope is LEVEL:UNIT, LEVEL one of {', '.join(LEVELS)}")
    own = f"{level}_id = {_quoted(unit)}"
    units = f"level = 'estate' AND id = {_quoted(unit)}" if level is Level.ESTATE else own
    # Written into a file, with the unit quoted; nobody runs it as it stands here.
    counted = f"(level, unit) IN (SELECT level, id FROM {database}.units WHERE {units})"  # noqa: S608
    return {
        **dict.fromkeys(PLACED_VIEWS, own),
        contract.BI_UNITS: units,
        contract.BI_UNIT_COUNTS: counted,
        contract.BI_UNIT_PERIODS: counted,
    }


def users_file(name: str, level: Level, unit: str, database: str = contract.BI_DATABASE) -> str:
    """Return the users.d file of an analyst who sees a unit and what lies in it.

    Raises:
        ValueError: the name is none that a user can have here, or no such scope can be given.
    """
    if not NAME.match(name):
        raise ValueError(f"{name!r}: a name has small letters, digits and _, and begins with a letter")
    views = filters(level, unit, database)
    grants = "\n".join(f"                <query>GRANT SELECT ON {database}.{view}</query>" for view in views)
    policies = "\n".join(
        f"                    <{view}><filter>{escape(condition)}</filter></{view}>"
        for view, condition in views.items()
    )
    return f"""<clickhouse>
    <users>
        <{name}>
            <password_sha256_hex from_env="{password_variable(name)}"/>
            <networks>
                <ip>::/0</ip>
            </networks>
            <profile>reader</profile>
            <quota>reader</quota>
            <grants>
{grants}
            </grants>
            <databases>
                <{database}>
{policies}
                </{database}>
            </databases>
        </{name}>
    </users>
</clickhouse>
"""


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
