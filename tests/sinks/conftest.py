"""The platform's tables on the session's real ClickHouse server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from deploy.local.clickhouse import ClickHouseServer
from sinks.clickhouse import ClickHouse
from sinks.contract import SCHEMA_MIGRATIONS, TABLES
from sinks.migrate import Migrator
from sinks.settings import ClickHouseSettings, SinksSettings

ZONE = "Asia/Shanghai"


def settings_for(server: ClickHouseServer, user: str, **changes: object) -> SinksSettings:
    """Return settings by which one of the server's users works."""
    address, migrator = server.address(user), server.address("migrator")
    values: dict[str, object] = {
        "host": address.host,
        "port": address.port,
        "user": address.user,
        "password": SecretStr(address.password),
        "migrator_user": migrator.user,
        "migrator_password": SecretStr(migrator.password),
        "patience_seconds": 20.0,
        "longest_pause_seconds": 0.5,
    }
    return SinksSettings(zone=ZONE, clickhouse=ClickHouseSettings.model_validate({**values, **changes}))


@pytest.fixture
def empty(clickhouse_server: ClickHouseServer) -> Iterator[SinksSettings]:
    """Settings with two databases that nobody else uses and that do not exist yet; all as administrator."""
    with own_databases(clickhouse_server) as settings:
        yield settings


@pytest.fixture(scope="session")
def shared_tables(clickhouse_server: ClickHouseServer) -> Iterator[SinksSettings]:
    """Settings with migrated databases of these tests; ask for `fresh`, which empties them first."""
    with own_databases(clickhouse_server) as settings:
        Migrator(settings).migrate()
        yield settings


@pytest.fixture
def fresh(shared_tables: SinksSettings) -> SinksSettings:
    """Settings with migrated databases whose tables are empty; all as administrator."""
    server = ClickHouse(shared_tables.clickhouse)
    for table in TABLES:
        if table != SCHEMA_MIGRATIONS:
            server.execute(f"TRUNCATE TABLE {shared_tables.clickhouse.database}.{table}")
    # As the migration leaves it: all requests of no facts are put together.
    readings = f"{shared_tables.clickhouse.database}.request_readings"
    server.execute(f"INSERT INTO {readings} (reader, read_at) SELECT 'all', now64(3)")
    server.close()
    return shared_tables


def name_in_environment(sinks: SinksSettings, environment: pytest.MonkeyPatch) -> None:
    """Let commands find these databases, with local days in UTC."""
    server = sinks.clickhouse
    for name, value in {
        "STREAMS__ZONE": "UTC",
        "SINKS__ZONE": "UTC",
        "SINKS__CLICKHOUSE__PORT": str(server.port),
        "SINKS__CLICKHOUSE__USER": server.user,
        "SINKS__CLICKHOUSE__PASSWORD": server.password.get_secret_value(),
        "SINKS__CLICKHOUSE__MIGRATOR_USER": server.migrator_user,
        "SINKS__CLICKHOUSE__MIGRATOR_PASSWORD": server.migrator_password.get_secret_value(),
        "SINKS__CLICKHOUSE__DATABASE": server.database,
        "SINKS__CLICKHOUSE__BI_DATABASE": server.bi_database,
    }.items():
        environment.setenv(f"PULSE_{name}", value)


@contextmanager
def own_databases(clickhouse_server: ClickHouseServer) -> Iterator[SinksSettings]:
    """Yield settings with two databases of their own, and drop these in the end."""
    admin = clickhouse_server.address()
    name = uuid.uuid4().hex[:12]
    settings = settings_for(
        clickhouse_server,
        "admin",
        database=f"pulse_{name}",
        bi_database=f"bi_{name}",
        migrator_user=admin.user,
        migrator_password=SecretStr(admin.password),
    )
    yield settings
    server = ClickHouse(settings.clickhouse)
    for database in (settings.clickhouse.bi_database, settings.clickhouse.database):
        server.execute(f"DROP DATABASE IF EXISTS {database}")
    server.close()


@pytest.fixture(scope="session")
def standard(clickhouse_server: ClickHouseServer) -> SinksSettings:
    """Settings with the databases and users of the project itself, migrated; shared, so add what is yours."""
    settings = settings_for(clickhouse_server, "writer")
    Migrator(settings).migrate()
    return settings


@pytest.fixture
def server(fresh: SinksSettings) -> Iterator[ClickHouse]:
    """The server, to ask what is stored in the fresh databases."""
    connection = ClickHouse(fresh.clickhouse)
    yield connection
    connection.close()
