"""Passwords of the embedded ClickHouse: made once for each data directory, in a file for its owner alone.

Which users there are stands in `deploy/clickhouse/users.d/*.xml`, the same files that a real server reads:
each user takes the SHA-256 of its password from an environment variable (`from_env`). So no password, and no
hash of one, is ever written into the project.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

PASSWORD_BYTES: Final = 24
HASH_TAG: Final = "password_sha256_hex"


def password_variables(users_directory: Path) -> dict[str, str]:
    """Return the environment variable that each user's password hash is taken from, by user."""
    variables: dict[str, str] = {}
    for file in sorted(users_directory.glob("*.xml")):
        users = ET.parse(file).getroot().find("users")  # noqa: S314 - the project's own file
        for user in users if users is not None else ():
            password = user.find(HASH_TAG)
            if password is not None and (variable := password.get("from_env")):
                variables[user.tag] = variable
    return variables


def keep_passwords(file: Path, users: list[str]) -> dict[str, str]:
    """Return a password for each user, the file's where it has one, and write all into the file."""
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    passwords = {user: known.get(user) or secrets.token_urlsafe(PASSWORD_BYTES) for user in users}
    file.touch(mode=0o600)
    file.write_text(json.dumps(passwords))
    return passwords


def hash_environment(variables: dict[str, str], passwords: dict[str, str]) -> dict[str, str]:
    """Return what the server's environment must hold, so that it knows each user's password hash."""
    return {
        variable: hashlib.sha256(passwords[user].encode()).hexdigest() for user, variable in variables.items()
    }
