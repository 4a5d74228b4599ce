"""The embedded ClickHouse: the engine of the chdb-core wheel as a server process on one data directory.

It speaks the native protocol and HTTP on loopback. Its data survives a stop, a SIGKILL and a restart on the
same directory. It has no Keeper (no replicated tables), and users come from files alone (hazard 22).
"""

from __future__ import annotations

import shutil
import string
import sys
from dataclasses import dataclass
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from clickhouse_driver import Client
from clickhouse_driver.errors import Error as ClickHouseError

from deploy.local.passwords import hash_environment, keep_passwords, password_variables
from deploy.local.ports import LOOPBACK, is_listening
from deploy.local.program import Program

ADMIN: Final = "admin"
PROBE_SECONDS: Final = 2


@dataclass(frozen=True)
class ClickHouseAddress:
    """Where a ClickHouse server is and as whom to speak to it."""

    host: str
    port: int
    """Of the native protocol."""
    http_port: int
    user: str
    password: str


@dataclass(frozen=True)
class ClickHouseServer:
    """The embedded server on one directory: its ports and its users' passwords; not yet started."""

    directory: Path
    port: int
    http_port: int
    passwords: dict[str, str]
    variables: dict[str, str]
    """The environment variable of each user's password hash."""

    def address(self, user: str = ADMIN) -> ClickHouseAddress:
        """Return how that user reaches the server.

        Raises:
            KeyError: no such user in `deploy/clickhouse/users.d`.
        """
        return ClickHouseAddress(LOOPBACK, self.port, self.http_port, user, self.passwords[user])

    def program(self) -> Program:
        """Return the server as a program."""
        return Program(
            name="clickhouse",
            command=(sys.executable, "-m", "deploy.local.clickhouse_child", str(self.directory / "data")),
            directory=self.directory,
            environment=hash_environment(self.variables, self.passwords),
            is_ready=partial(answers_query, self.address()),
        )


def prepare_clickhouse(directory: Path, port: int, http_port: int) -> ClickHouseServer:
    """Write the server's configuration, users and passwords into the directory; its data, if any, stay."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_configuration(directory, port, http_port)
    variables = password_variables(directory / "users.d")
    passwords = keep_passwords(directory / "passwords.json", [*variables])
    return ClickHouseServer(directory, port, http_port, passwords, variables)


def answers_query(address: ClickHouseAddress) -> bool:
    """Return whether the server answers a query with a row: one that listens may still be loading tables."""
    if not is_listening(address.host, address.port):
        return False
    client = Client(
        host=address.host,
        port=address.port,
        user=address.user,
        password=address.password,
        connect_timeout=PROBE_SECONDS,
        send_receive_timeout=PROBE_SECONDS,
    )
    try:
        return bool(client.execute("SELECT 1") == [(1,)])
    except (ClickHouseError, OSError, EOFError):
        return False
    finally:
        client.disconnect()


def _write_configuration(directory: Path, port: int, http_port: int) -> None:
    local = files("deploy.local")
    config = string.Template(local.joinpath("clickhouse_config.xml").read_text())
    (directory / "config.xml").write_text(config.substitute(tcp_port=port, http_port=http_port))
    (directory / "users.xml").write_text(local.joinpath("clickhouse_users.xml").read_text())
    shutil.rmtree(directory / "users.d", ignore_errors=True)  # a user that the project dropped must go
    with as_file(files("deploy").joinpath("clickhouse/users.d")) as users:
        shutil.copytree(users, directory / "users.d")
