"""Makes the secrets that compose.yaml mounts: `python -m deploy.secrets deploy/secrets`.

One file for each password, readable by its owner; the hashes for ClickHouse in an environment file. What is
there stays: run it again after a user was added.
"""

from __future__ import annotations

import os
import secrets
import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from deploy.local.passwords import PASSWORD_BYTES, hash_environment, password_variables

KEYS: Final = ("reporter_key", "session_key", "grafana_admin")
"""Of reporters' pseudonyms, of the console's sessions, and the password of Grafana's administrator."""
HASHES: Final = "clickhouse.env"


def make_secrets(directory: Path) -> list[str]:
    """Draw the secrets that are missing, write the hashes of all, and return the names of the files."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with as_file(files("deploy").joinpath("clickhouse/users.d")) as users:
        variables = password_variables(users)
    passwords = {user: _keep(directory / user) for user in variables}
    for key in KEYS:
        _keep(directory / key)
    hashes = hash_environment(variables, passwords)
    (directory / HASHES).write_text("".join(f"{name}={value}\n" for name, value in hashes.items()))
    return [*variables, *KEYS, HASHES]


def _keep(file: Path) -> str:
    if not file.exists():
        # Containers read it as another user: the directory is what keeps others on this machine out.
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w") as out:
            out.write(secrets.token_urlsafe(PASSWORD_BYTES))
    return file.read_text()


if __name__ == "__main__":
    print("\n".join(make_secrets(Path(sys.argv[1]))))
