"""A full disk under the embedded ClickHouse: it refuses, and what it holds stays whole (ADR 12)."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import ErrorCodes, ServerException

from deploy.chaos.disk import SmallDisk, small_disk
from deploy.local.clickhouse import prepare_clickhouse
from deploy.local.ports import free_ports
from deploy.local.program import running

TABLE = "CREATE TABLE kept (key UInt32, value String) ENGINE = ReplacingMergeTree ORDER BY key"
INSERT = "INSERT INTO kept SELECT number, toString(number) FROM numbers(1000)"
ROUNDS = 5


@pytest.mark.stack
@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_refuses_inserts_and_breaks_nothing(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def fill_and_empty() -> None:
        try:
            _fill_and_empty(tmp_path)
        except BaseException as error:  # noqa: BLE001  # raised again in the test's own thread
            failures.append(error)

    # The mount is seen by the thread that made it alone, and by what it starts.
    thread = threading.Thread(target=fill_and_empty)
    thread.start()
    thread.join()
    for failure in failures:
        raise failure


def _fill_and_empty(directory: Path) -> None:
    port, http_port = free_ports(2)
    server = prepare_clickhouse(directory, port, http_port)
    with small_disk(directory / "data") as there:
        if not there:
            pytest.skip("mounting a small disk is not allowed here")
        with running(server.program()):
            address = server.address()
            client = Client(address.host, port=port, user=address.user, password=address.password)
            client.execute(TABLE)
            disk = SmallDisk(directory / "data")
            for _ in range(ROUNDS):
                for _ in range(10):  # merges of these are under way when the disk fills up
                    client.execute(INSERT)
                assert disk.fill()
                with pytest.raises(ServerException) as refused:
                    client.execute(INSERT)
                assert refused.value.code == ErrorCodes.NOT_ENOUGH_SPACE
                assert disk.empty()
                assert client.execute("SELECT count(), sum(key) FROM kept FINAL") == [(1000, 499_500)]
            client.disconnect()
