"""The supervisor on real child processes: it starts, restarts, stops in order, and leaves nobody behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.errors import PartUnavailable
from deploy.local.program import Program
from deploy.local.supervisor import ProgramStatus, Supervisor, launch_supervisor, wait_ready
from deploy.local.supervisor_config import Supervision, supervisor_config

# Says when it has come and when it goes, so that the order can be read afterwards.
LIVES = """
import os, pathlib, signal, sys, time
name, journal = sys.argv[1:]
def say(what):
    with open(journal, 'a') as out: out.write(f'{what} {name}\\n')
def go(*_):
    say('-'); sys.exit(0)
signal.signal(signal.SIGTERM, go)
say('+')
while True: time.sleep(0.05)
"""


@pytest.fixture
def where(tmp_path: Path) -> Iterator[Supervision]:
    with tempfile.TemporaryDirectory(prefix="pulse-") as sockets:  # pytest's own paths are too long for one
        socket = Path(sockets) / "s"
        yield Supervision(directory=tmp_path, socket=socket, log_megabytes=1)
        if Supervisor(socket).is_up():
            Supervisor(socket).shut_down()


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def lives(name: str, journal: Path) -> Program:
    script = journal.with_name("lives.py")
    script.write_text(LIVES)
    return Program(
        name=name,
        command=(sys.executable, str(script), name, str(journal)),
        directory=journal.parent,
        environment={"ODD": "per%cent, back\\slash;semicolon"},
        is_ready=lambda: journal.exists() and f"+ {name}\n" in journal.read_text(),
        ready_seconds=10,
    )


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def status_of(supervisor: Supervisor, name: str) -> ProgramStatus:
    [found] = [each for each in supervisor.status() if each.name == name]
    return found


def test_programs_start_in_order_and_stop_in_reverse(where: Supervision, journal: Path) -> None:
    programs = [lives(name, journal) for name in ("z_broker", "clickhouse", "a_worker")]
    supervisor = launch_supervisor(where, programs, tied=True)
    for program in programs:
        supervisor.start(program.name)
        wait_ready(supervisor, program, where.logs)
    supervisor.shut_down()
    assert journal.read_text().split() == [
        *("+", "z_broker", "+", "clickhouse", "+", "a_worker"),
        *("-", "a_worker", "-", "clickhouse", "-", "z_broker"),
    ]


def test_a_killed_program_is_started_again_with_its_environment(where: Supervision, journal: Path) -> None:
    program = lives("worker", journal)
    supervisor = launch_supervisor(where, [program], tied=True)
    supervisor.start("worker")
    wait_ready(supervisor, program, where.logs)
    first = status_of(supervisor, "worker").pid
    environment = Path(f"/proc/{first}/environ").read_bytes().split(b"\0")
    assert b"ODD=" + program.environment["ODD"].encode() in environment
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: status_of(supervisor, "worker").pid not in {0, first})


def test_a_program_that_cannot_start_is_reported(where: Supervision, tmp_path: Path) -> None:
    broken = Program(
        "broken", (sys.executable, "-c", "exit(3)"), tmp_path, is_ready=lambda: False, ready_seconds=1
    )
    supervisor = launch_supervisor(where, [broken], tied=True)
    supervisor.start("broken")
    with pytest.raises(PartUnavailable, match=r"broken is BACKOFF.*broken\.log"):
        wait_ready(supervisor, broken, where.logs)


def test_nothing_outlives_a_killed_supervisor(where: Supervision, journal: Path) -> None:
    program = lives("worker", journal)
    supervisor = launch_supervisor(where, [program], tied=True)
    supervisor.start("worker")
    wait_ready(supervisor, program, where.logs)
    worker = status_of(supervisor, "worker").pid
    os.kill(supervisor.pid(), signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{worker}").exists())


def test_a_tied_supervisor_ends_with_its_parent(where: Supervision, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from deploy.local.supervisor import launch_supervisor\n"
        "from deploy.local.supervisor_config import Supervision\n"
        f"where = Supervision(Path({str(tmp_path)!r}), Path({str(where.socket)!r}), 1)\n"
        "print(launch_supervisor(where, [], tied=True).pid(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    assert eventually(lambda: not Path(f"/proc/{pid}").exists())


@pytest.mark.parametrize("value", ['a "quote"', "cut ;off", "two\nlines"])
def test_what_supervisord_would_garble_is_refused(where: Supervision, tmp_path: Path, value: str) -> None:
    odd = Program("odd", ("true",), tmp_path, environment={"ODD": value})
    with pytest.raises(ValueError, match="supervisord"):
        supervisor_config(where, [odd])
