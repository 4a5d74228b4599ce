"""Real parts for the tests: one broker and one ClickHouse server for a session, started when first asked for.

Both listen on free loopback ports and end with the session. A part that cannot be started fails the tests
that ask for it, with the end of its log: it never skips them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from deploy.local.broker import tansu
from deploy.local.clickhouse import ClickHouseAddress, ClickHouseServer, prepare_clickhouse
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import running

# How long an example takes is a matter of the machine and of what else it does: no test fails by it.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of a real broker. Its topics are shared: give yours names of their own."""
    [port] = free_ports(1)
    with running(tansu(tmp_path_factory.mktemp("broker"), port)):
        yield f"{LOOPBACK}:{port}"


@pytest.fixture(scope="session")
def clickhouse_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    """A real ClickHouse server with the project's users; `address(user)` says how to reach it as each."""
    port, http_port = free_ports(2)
    server = prepare_clickhouse(tmp_path_factory.mktemp("clickhouse"), port, http_port)
    with running(server.program()):
        yield server


@pytest.fixture(scope="session")
def clickhouse(clickhouse_server: ClickHouseServer) -> ClickHouseAddress:
    """The address of a real ClickHouse server for its administrator."""
    return clickhouse_server.address()
