"""`pulse produce` as a stranger meets it, on a real broker: what it prints and publishes, how it ends."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from deploy.local.broker import tansu
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import running
from deploy.topics import create_topics
from producers.contract import decode_event, encode
from producers.records import DEFECT_HEADER
from tests.producers.events import event
from tests.producers.raw_log import RawLog

KEY = "k" * 32


@pytest.fixture(scope="module")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    [port] = free_ports(1)
    with running(tansu(tmp_path_factory.mktemp("broker"), port)):
        create_topics(f"{LOOPBACK}:{port}")
        yield f"{LOOPBACK}:{port}"


def start(*arguments: str, directory: Path, **variables: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "produce", *arguments],
        cwd=directory,
        env={**environment, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def produce(*arguments: str, directory: Path, **variables: str) -> tuple[int, str, str]:
    """Run to the end; return exit code, stdout, stderr."""
    process = start(*arguments, directory=directory, **{"PULSE_PRODUCERS__REPORTER_KEY": KEY, **variables})
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def events_file(directory: Path, numbers: range) -> Path:
    file = directory / "events.jsonl"
    file.write_bytes(b"\n".join(encode(event(number)) for number in numbers))
    return file


def test_a_dry_run_prints_events_and_what_could_not_be_mapped_and_needs_no_broker(tmp_path: Path) -> None:
    file = events_file(tmp_path, range(2))
    file.write_bytes(file.read_bytes() + b"\nnonsense\n")
    code, out, err = produce("file", str(file), "--dry-run", directory=tmp_path)
    assert code == 0
    assert [json.loads(line)["request_id"] for line in out.splitlines()[:2]] == ["R0", "R1"]
    assert "not mapped: events.jsonl, line 3" in err


@pytest.mark.parametrize(
    ("arguments", "code", "names"),
    [
        (["file", "none.jsonl"], 2, "none.jsonl"),
        (["file", "in.csv"], 2, "needs a mapping"),
        (["file", "in.csv", "-m", "nyc"], 2, "nyc311, tipdm2020c"),
        (["file", "in.csv", "-m", "nyc311"], 2, "no column 'unique_key'"),
        (["file", "in.jsonl", "--rate", "1", "--speed", "1"], 2, "exclude each other"),
        (["file", "in.jsonl", "--source", "x"], 2, "--source"),
        (["file", "in.jsonl"], 1, "no Kafka broker answers at 127.0.0.1:9"),
        (["http"], 2, "PULSE_PRODUCERS__INTAKE__TOKENS"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, arguments: list[str], code: int, names: str
) -> None:
    (tmp_path / "in.csv").write_text("a,b\n1,2\n")
    (tmp_path / "in.jsonl").write_bytes(encode(event(1)))
    settings = {"PULSE_PRODUCERS__BROKERS": "127.0.0.1:9", "PULSE_PRODUCERS__PUBLISH__CONNECT_SECONDS": "0.5"}
    returned, _, err = produce(*arguments, directory=tmp_path, **settings)
    assert returned == code
    assert names in err
    assert err.count("\n") == 1


def test_the_demo_key_is_warned_of_loudly(tmp_path: Path) -> None:
    process = start("file", str(events_file(tmp_path, range(1))), "--dry-run", directory=tmp_path)
    _, err = process.communicate(timeout=60)
    assert "WARNING" in err
    assert "PULSE_PRODUCERS__REPORTER_KEY" in err


@pytest.mark.stack
def test_a_file_is_published_and_started_over_it_publishes_the_same_ids(tmp_path: Path, brokers: str) -> None:
    log = RawLog(brokers)
    file = events_file(tmp_path, range(300))
    file.write_bytes(file.read_bytes() + b"\nnonsense\n")
    summaries = []
    for _ in range(2):
        code, out, _ = produce(
            "file", str(file), "--json", directory=tmp_path, PULSE_PRODUCERS__BROKERS=brokers
        )
        assert code == 0
        summaries.append(json.loads(out))
    for summary in summaries:
        assert summary["sources"] == {"12345": {"published": 300}, "unknown": {"published": 1}}
        assert (summary["rows"], summary["not_mapped"]) == (301, 1)
    read = [each for each in log.read(602, ticks=8) if not each.is_tick]
    good = [decode_event(each.value).event_id for each in read if DEFECT_HEADER not in each.headers]
    assert sorted(good) == sorted([f"R{number}/opened" for number in range(300)] * 2)


@pytest.mark.stack
def test_with_a_state_file_a_killed_run_goes_on_and_loses_nothing(tmp_path: Path, brokers: str) -> None:
    log = RawLog(brokers)
    file = events_file(tmp_path, range(1000, 3000))
    arguments = ("file", str(file), "--state", "state.json", "--json")
    settings = {"PULSE_PRODUCERS__BROKERS": brokers, "PULSE_PRODUCERS__TICK_SECONDS": "0.1"}
    process = start(*arguments, "--rate", "500", directory=tmp_path, **settings)
    while not saved(tmp_path / "state.json") > 200:
        time.sleep(0.05)
        assert process.poll() is None, process.communicate()
    process.kill()
    process.communicate()
    begun = saved(tmp_path / "state.json")
    code, out, _ = produce(*arguments, directory=tmp_path, **settings)
    assert code == 0
    assert json.loads(out)["sources"]["12345"]["published"] == 2000 - begun
    ids = {decode_event(each.value).event_id for each in log.read(2000 - begun + begun) if not each.is_tick}
    assert ids == {f"R{number}/opened" for number in range(1000, 3000)}
    code, out, _ = produce(*arguments, directory=tmp_path, **settings)
    assert (code, json.loads(out)["sources"]) == (0, {})


def saved(file: Path) -> int:
    return int(json.loads(file.read_bytes())["acknowledged"]) if file.exists() else 0


def test_a_token_is_shown_once_with_the_hash_that_settings_want(tmp_path: Path) -> None:
    code, out, _ = produce("token", "hotline", "--json", directory=tmp_path)
    shown = json.loads(out)
    assert code == 0
    assert shown["sha256"] == hashlib.sha256(shown["token"].encode()).hexdigest()
    assert len(shown["token"]) >= 43


@pytest.mark.stack
def test_the_intake_serves_until_it_is_told_to_stop(tmp_path: Path, brokers: str) -> None:
    tokens = json.dumps({"hotline": hashlib.sha256(b"secret").hexdigest()})
    process = start(
        "http",
        "--port",
        "0",
        directory=tmp_path,
        PULSE_PRODUCERS__BROKERS=brokers,
        PULSE_PRODUCERS__INTAKE__TOKENS=tokens,
        PULSE_PRODUCERS__REPORTER_KEY=KEY,
    )
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        [address] = re.findall(r"http://127\.0\.0\.1:\d+", said)
        body = json.dumps({"request_id": "R1", "kind": "opened", "occurred_at": "2021-06-01T19:00:00+08:00"})
        posted = Request(f"{address}/v1/events", body.encode(), {"Authorization": "Bearer secret"})  # noqa: S310
        with urlopen(posted, timeout=20) as answer:  # noqa: S310
            assert answer.status == 202
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert "Traceback" not in err
