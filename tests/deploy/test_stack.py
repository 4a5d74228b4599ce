"""The local stack as a whole: the demo, a second start, a worker that is killed, a stack that died."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.state import start_ticks
from tests.deploy.readme import pulse_commands

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
PARTS = {"clickhouse", "broker", "writer", "weigher", "intake-1", "console"}


class Pulse:
    """The command, always on the same state directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        own = {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")}
        self.environment = {**own, "PULSE_STATE_DIR": str(directory / "state")}

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli", *arguments],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def parts(self) -> dict[str, dict[str, Any]]:
        shown = json.loads(self("stack", "status", "--json").stdout)
        return {part["name"]: part for part in shown["parts"]}


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Pulse]:
    command = Pulse(tmp_path)
    yield command
    command("stack", "down")


def test_readmes_commands_run_as_they_stand_and_the_stack_lives_through_a_kill(pulse: Pulse) -> None:
    *commands, last = pulse_commands()
    assert last == "stack down"
    for command in commands:
        done = pulse(*shlex.split(command))
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    again = pulse("stack", "up")
    assert (again.returncode, again.stdout) == (1, "")
    assert "a stack runs in" in again.stderr

    before = pulse.parts()
    assert before.keys() == PARTS
    os.kill(before["writer"]["pid"], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while pulse.parts()["writer"]["pid"] in {0, before["writer"]["pid"]} and time.monotonic() < deadline:
        time.sleep(0.5)
    assert pulse.parts()["writer"]["pid"] not in {0, before["writer"]["pid"]}

    assert pulse(*shlex.split(last)).returncode == 0
    assert all(start_ticks(part["pid"]) is None for part in before.values())
    assert pulse("stack", "status").returncode == 1


def mislead(directory: Path) -> None:
    """Write settings that point elsewhere, and must not lead a stack's workers astray."""
    (directory / "pulse.toml").write_text('brokers = "192.0.2.1:9092"\n[sinks.clickhouse]\nport = 1\n')


def test_a_stack_that_died_is_noticed_and_leaves_nobody_behind(pulse: Pulse) -> None:
    mislead(pulse.directory)
    up = pulse("stack", "up", "--json")
    assert up.returncode == 0, up.stderr
    shown = json.loads(up.stdout)
    os.kill(shown["supervisor_pid"], signal.SIGKILL)
    deadline = time.monotonic() + 60
    pids = [part["pid"] for part in shown["parts"]]
    while any(start_ticks(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert [pid for pid in pids if start_ticks(pid)] == []
    status = pulse("stack", "status")
    assert status.returncode == 1
    assert status.stderr.startswith("the former stack in ")
    assert "no stack runs" in status.stderr


def test_the_demo_accounts_for_everything_and_finds_the_report_again(tmp_path: Path) -> None:
    mislead(tmp_path)
    demo = Pulse(tmp_path)("demo", "--once", "--json")
    assert demo.returncode == 0, demo.stderr
    summary = json.loads(demo.stdout)  # one object and nothing else
    assert summary["exact"] is True
    assert summary["counts_compared"] > 0
    for tally in summary["sources"].values():
        assert tally["published"] == tally["stored"] + tally["duplicates"] + tally["rejected"] > 0
    figures = summary["figures"]
    assert (figures["events_2021"], figures["events_per_estate_2021"]) == (3540, 79)
    assert figures["growth_2021_percent"] == pytest.approx(85.53)
    surges = summary["surges"]
    assert surges["planted"] >= 10
    assert surges["found"] >= 0.8 * surges["planted"]
    assert surges["false"] <= 5
