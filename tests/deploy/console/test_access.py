"""The console's own ClickHouse user: it reads views, adds to the audit, and can change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

from deploy.local.clickhouse import ClickHouseServer

pytestmark = pytest.mark.stack

DENIED = {164, 392, 452, 497}  # READONLY, QUERY_IS_PROHIBITED, SETTING_CONSTRAINT_VIOLATION, ACCESS_DENIED


@pytest.fixture
def console_user(database: ClickHouseServer) -> Iterator[Client]:
    address = database.address("console")
    client = Client(address.host, port=address.port, user=address.user, password=address.password)
    yield client
    client.disconnect()


def test_it_reads_views_and_adds_to_the_audit(console_user: Client) -> None:
    assert console_user.execute("SELECT count() FROM bi.feed")[0][0] >= 0
    console_user.execute(
        "INSERT INTO pulse.surge_actions (action_id, surge_id, action, actor, at) VALUES",
        [("6a1f3c0e-0000-4000-8000-000000000001", "s-access", "acknowledge", "wang", 0)],
    )
    counted = "SELECT count() FROM bi.surge_actions WHERE surge_id = 's-access'"
    assert console_user.execute(counted) == [(1,)]


@pytest.mark.parametrize(
    "way_out",
    [
        "SELECT * FROM pulse.complaints",
        "SELECT reporter FROM pulse.complaints",
        "SELECT * FROM pulse.rejected",
        "SELECT * FROM pulse.surge_actions",
        "SELECT * FROM pulse.review_decisions",
        "ALTER TABLE pulse.review_decisions DELETE WHERE 1",
        "INSERT INTO pulse.surges (surge_id) VALUES ('x')",
        "INSERT INTO pulse.complaints (source) VALUES ('x')",
        "ALTER TABLE pulse.surge_actions DELETE WHERE 1",
        "TRUNCATE TABLE pulse.surge_actions",
        "DROP TABLE pulse.surge_actions",
        "CREATE TABLE bi.mine (a Int8) ENGINE = Memory",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
        "SELECT * FROM system.users",
        "SELECT 1 SETTINGS max_execution_time = 3600",
        "SELECT 1 SETTINGS allow_ddl = 1",
    ],
)
def test_it_does_not_get_out(console_user: Client, way_out: str) -> None:
    with pytest.raises(ServerException) as caught:
        console_user.execute(way_out)
    assert caught.value.code in DENIED, caught.value
