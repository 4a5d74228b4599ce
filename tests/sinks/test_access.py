"""Nobody leaves the room that they were given; the users are those that a real server has too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

from deploy.local.clickhouse import ClickHouseServer
from sinks.contract import BI_VIEWS
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from tests.sinks.made import month_of_facts, store

pytestmark = pytest.mark.stack

AUTHENTICATION_FAILED = 516
DENIED = {
    164,  # READONLY
    452,  # SETTING_CONSTRAINT_VIOLATION
    497,  # ACCESS_DENIED
    636,  # CANNOT_EXTRACT_TABLE_STRUCTURE: merge() finds no table that the user may see
    701,  # CLUSTER_DOESNT_EXIST
}


@pytest.fixture(scope="session")
def filled(standard: SinksSettings) -> SinksSettings:
    """The project's own databases, with facts in them."""
    store(ClickHouseSink(standard), month_of_facts(11, 50))
    return standard


def connect(server: ClickHouseServer, user: str) -> Client:
    password = server.passwords.get(user, "")
    return Client(server.address().host, port=server.port, user=user, password=password)


@pytest.fixture
def bi(clickhouse_server: ClickHouseServer, filled: SinksSettings) -> Iterator[Client]:
    del filled
    client = connect(clickhouse_server, "bi")
    yield client
    client.disconnect()


def refused(client: Client, query: str) -> bool:
    try:
        client.execute(query)
    except ServerException as error:
        return error.code in DENIED
    return False


def test_a_reader_reads_every_view(bi: Client) -> None:
    for view in BI_VIEWS:
        bi.execute(f"SELECT * FROM bi.{view} LIMIT 1")
    [(events,)] = bi.execute("SELECT count() FROM bi.complaints")
    assert events > 0
    assert bi.execute("SHOW DATABASES") == [("bi",)]


def test_a_bi_tool_may_set_its_limits_within_ours(bi: Client) -> None:
    assert bi.execute("SELECT 1 SETTINGS max_execution_time = 20") == [(1,)]
    assert refused(bi, "SELECT 1 SETTINGS max_execution_time = 3600")
    assert refused(bi, "SELECT 1 SETTINGS max_memory_usage = 100000000000")
    assert refused(bi, "SELECT 1 SETTINGS readonly = 0")


@pytest.mark.parametrize(
    "way_out",
    [
        "SELECT count() FROM pulse.complaints",
        "SELECT * FROM pulse.rejected",
        "SELECT * FROM pulse.requests",
        "SELECT * FROM pulse.request_units",
        "SELECT request_ids FROM pulse.request_changes",
        "INSERT INTO pulse.request_changes (ticket, is_done) VALUES (1, 1)",
        "SELECT * FROM merge('pulse', 'complaints')",
        "SELECT dictGet('pulse.units_dict', 'name', ('estate', 'e1'))",
        "SELECT * FROM dictionary('pulse.units_dict')",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
        "SELECT * FROM remote('127.0.0.1', 'pulse', 'complaints')",
        "SELECT * FROM cluster('default', 'pulse', 'complaints')",
        "SELECT * FROM system.users",
        "SELECT * FROM system.processes",
        "INSERT INTO bi.complaints (source) VALUES ('x')",
        "CREATE TABLE bi.mine (a Int8) ENGINE = Memory",
        "CREATE OR REPLACE VIEW bi.complaints AS SELECT 1",
        "CREATE TEMPORARY TABLE mine (a Int8)",
        "DROP VIEW bi.complaints",
        "CREATE USER mine",
        "GRANT SELECT ON pulse.* TO bi",
        "SYSTEM RELOAD DICTIONARY pulse.units_dict",
        "SYSTEM STOP MERGES pulse.complaints",
        "KILL QUERY WHERE 1",
    ],
)
def test_a_reader_does_not_get_out(bi: Client, way_out: str) -> None:
    assert refused(bi, way_out)


@pytest.mark.parametrize(
    ("user", "way_out"),
    [
        ("default", "SELECT * FROM pulse.complaints"),
        ("default", "SELECT * FROM bi.complaints"),
        ("default", "SELECT * FROM file('/etc/passwd', 'LineAsString')"),
        ("default", "CREATE TABLE pulse.mine (a Int8) ENGINE = Memory"),
        ("dictionary", "SELECT * FROM pulse.complaints"),
        ("dictionary", "INSERT INTO pulse.units (id) VALUES ('x')"),
        ("writer", "DROP TABLE pulse.complaints"),
        ("writer", "ALTER TABLE pulse.complaints DELETE WHERE 1"),
        ("writer", "TRUNCATE TABLE pulse.complaints"),
        ("writer", "TRUNCATE TABLE pulse.requests"),
        ("writer", "DETACH TABLE pulse.request_units_of_requests"),
        ("console", "SELECT * FROM pulse.requests"),
        ("console", "INSERT INTO pulse.requests (request_id) VALUES ('x')"),
        ("console", "INSERT INTO pulse.request_changes (ticket, is_done) VALUES (1, 1)"),
        ("writer", "CREATE TABLE pulse.mine (a Int8) ENGINE = Memory"),
        ("writer", "SELECT * FROM file('/etc/passwd', 'LineAsString')"),
        ("migrator", "CREATE USER mine"),
        ("migrator", "SELECT * FROM file('/etc/passwd', 'LineAsString')"),
        ("migrator", "DROP DATABASE system"),
    ],
)
def test_each_user_may_do_only_its_own_work(
    clickhouse_server: ClickHouseServer, filled: SinksSettings, user: str, way_out: str
) -> None:
    del filled
    client = connect(clickhouse_server, user)
    assert refused(client, way_out)
    client.disconnect()


@pytest.mark.parametrize("user", ["admin", "migrator", "writer", "bi"])
def test_no_user_gets_in_without_the_password(
    clickhouse_server: ClickHouseServer, filled: SinksSettings, user: str
) -> None:
    del filled
    client = Client(clickhouse_server.address().host, port=clickhouse_server.port, user=user)
    with pytest.raises(ServerException) as caught:
        client.execute("SELECT 1")
    assert caught.value.code == AUTHENTICATION_FAILED
