"""The embedded parts on their own: they serve, they keep what they promise to keep, they end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException
from kafka import KafkaConsumer, KafkaProducer

from deploy.errors import PartUnavailable
from deploy.local.clickhouse import ClickHouseAddress, ClickHouseServer, answers_query, prepare_clickhouse
from deploy.local.passwords import keep_passwords
from deploy.local.ports import free_ports, is_listening
from deploy.local.program import Program, running

pytestmark = pytest.mark.stack
ACCESS_DENIED = 497


def client(address: ClickHouseAddress) -> Client:
    return Client(address.host, address.port, user=address.user, password=address.password)


def test_the_broker_takes_a_record_and_gives_it_back(kafka: str) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka)
    producer.send("local-parts", b"value", key=b"key").get(10)
    producer.close()
    consumer = KafkaConsumer("local-parts", bootstrap_servers=kafka, auto_offset_reset="earliest")
    record = next(consumer)
    consumer.close()
    assert (record.key, record.value) == (b"key", b"value")


def test_clickhouse_answers_its_users_in_utc(clickhouse: ClickHouseAddress) -> None:
    assert client(clickhouse).execute("SELECT timezone()") == [("Etc/UTC",)]


@pytest.mark.parametrize("query", ["SELECT * FROM file('/etc/hostname')", "SELECT name FROM system.users"])
def test_the_user_without_a_password_may_do_nothing(clickhouse: ClickHouseAddress, query: str) -> None:
    nobody = Client(clickhouse.host, clickhouse.port)
    with pytest.raises(ServerException) as refusal:
        nobody.execute(query)
    assert refusal.value.code == ACCESS_DENIED


def test_a_wrong_password_is_refused(clickhouse_server: ClickHouseServer) -> None:
    true = clickhouse_server.address()
    assert answers_query(true)
    assert not answers_query(
        ClickHouseAddress(true.host, true.port, true.http_port, true.user, true.password + "x")
    )


def test_clickhouse_keeps_its_data_through_a_kill(tmp_path: Path) -> None:
    port, http_port = free_ports(2)
    server = prepare_clickhouse(tmp_path, port, http_port)
    with running(server.program()) as part:
        client(server.address()).execute("CREATE TABLE kept (x UInt8) ENGINE = MergeTree ORDER BY x")
        client(server.address()).execute("INSERT INTO kept VALUES", [(7,)])
        part.kill()
    again = prepare_clickhouse(tmp_path, port, http_port)
    assert again == server
    with running(again.program()):
        assert client(again.address()).execute("SELECT x FROM kept") == [(7,)]
    assert not is_listening(server.address().host, port)


def test_passwords_are_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "passwords.json"
    first = keep_passwords(file, ["admin"])
    assert file.stat().st_mode & 0o077 == 0
    assert keep_passwords(file, ["admin", "writer"])["admin"] == first["admin"]


def test_a_part_that_ends_early_says_why(tmp_path: Path) -> None:
    broken = Program(
        name="broken",
        command=(sys.executable, "-c", "raise SystemExit('port is taken')"),
        directory=tmp_path,
        is_ready=lambda: False,
    )
    with pytest.raises(PartUnavailable, match="port is taken"), running(broken):
        pass


def test_a_part_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    [port] = free_ports(1)
    script = (
        "import sys, pathlib; from deploy.local.broker import tansu; from deploy.local.program import *\n"
        f"part = RunningProgram(tansu(pathlib.Path({str(tmp_path)!r}), {port})); part.wait_ready()\n"
        "print('up', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        parent.kill()
    deadline = time.monotonic() + 5
    while is_listening("127.0.0.1", port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_listening("127.0.0.1", port)
