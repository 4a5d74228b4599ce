"""The local stack: broker, ClickHouse and workers under one supervisor, in one directory.

`pulse stack` lets it run on its own; `pulse demo` ties it to its own process. What is prepared between the
servers and the workers (tables, topics, registry) is handed in: this module knows only the processes.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from deploy.errors import OperationFailed
from deploy.local.broker import tansu
from deploy.local.clickhouse import ClickHouseServer, prepare_clickhouse
from deploy.local.kafka import apache_kafka
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import Program
from deploy.local.state import (
    StackState,
    forget_state,
    merge,
    read_state,
    running_stack_settings,
    start_ticks,
    write_state,
)
from deploy.local.supervisor import ProgramStatus, Supervisor, launch_supervisor, wait_ready
from deploy.local.supervisor_config import Supervision
from deploy.local.workers import roles, worker_programs
from deploy.settings import DeploySettings, Settings, load_settings
from deploy.sources import Tree

Broker = Literal["tansu", "kafka"]
Prepare = Callable[[Path, Settings], None]
"""Makes tables, topics and registry ready before the workers start; told the directory and the settings."""
Report = Callable[[str], None]
"""Says in a line what is being done."""
Through = Callable[[str, int], int]
"""Given a server's name and port, returns the port that its clients are to use."""
SOCKET_NAME: Final = "supervisor.sock"
ACCOUNTS_NAME: Final = "console-accounts.json"


@dataclass(frozen=True)
class StackPlan:
    """A stack before its start: every port, program and password is settled."""

    directory: Path
    broker: Broker
    servers: list[Program]
    workers: list[Program]
    addresses: Tree
    """What other commands need to reach it, in the shape of pulse.toml."""
    secrets: Tree
    clickhouse_http: str
    metrics: dict[str, str]

    @property
    def forced(self) -> Tree:
        """Addresses and secrets as one tree."""
        return merge(self.addresses, self.secrets)


def directly(name: str, port: int) -> int:
    """Let clients use the server's own port."""
    del name
    return port


def plan_stack(
    directory: Path,
    broker: Broker,
    deploy: DeploySettings | None = None,
    through: Through = directly,
    *,
    open_console: bool = False,
    workers_own: Tree | None = None,
) -> StackPlan:
    """Choose ports and write the servers' configuration; data that the directory holds stay.

    Args:
        directory: of the stack.
        broker: which one.
        deploy: which workers there are; as the settings say where it is not given.
        through: puts something between the servers `broker` and `clickhouse` and all their clients.
        open_console: whether whoever is on this machine may act in the console without logging in.
        workers_own: further settings of the workers, in the shape of pulse.toml.

    Raises:
        PartUnavailable: Apache Kafka is asked for and cannot be had.
        SettingsError: a setting is wrong.
    """
    workers = [*roles(deploy or load_settings().deploy)]
    broker_port, controller_port, native_port, http_port, console_port, *others = free_ports(5 + len(workers))
    clickhouse = prepare_clickhouse(directory / "clickhouse", native_port, http_port)
    reached_by = through("broker", broker_port)
    addresses = merge(
        _addresses(reached_by, through("clickhouse", native_port)),
        _console(directory, console_port, is_open=open_console),
    )
    secrets = _secrets(clickhouse)
    ports = dict(zip(workers, others, strict=True))
    return StackPlan(
        directory=directory,
        broker=broker,
        servers=[
            clickhouse.program(),
            _broker(directory / "broker", broker, broker_port, controller_port, reached_by),
        ],
        workers=worker_programs(directory, merge(merge(addresses, secrets), workers_own or {}), ports),
        addresses=addresses,
        secrets=secrets,
        clickhouse_http=f"http://{LOOPBACK}:{http_port}",
        metrics={role.name: f"http://{LOOPBACK}:{port}/metrics" for role, port in ports.items()},
    )


class Stack:
    """A stack that runs."""

    def __init__(self, directory: Path, state: StackState) -> None:
        self.directory = directory
        self.state = state
        self.supervisor = Supervisor(Path(state.socket))

    @property
    def logs(self) -> Path:
        """The directory with one log a program."""
        return self.directory / "logs"

    @property
    def forced(self) -> Tree:
        """Its addresses and secrets, for `load_settings`."""
        return running_stack_settings(self.directory)

    def status(self) -> list[ProgramStatus]:
        """Return how each program is."""
        return self.supervisor.status()

    def down(self) -> None:
        """Stop the workers, then the servers, then the supervisor, and forget the state.

        Raises:
            OperationFailed: something does not end.
        """
        self.supervisor.shut_down()
        shutil.rmtree(Path(self.state.socket).parent, ignore_errors=True)
        forget_state(self.directory)


def find_stack(directory: Path) -> Stack | None:
    """Return the stack that runs in the directory; None where none does, or the one that did has died."""
    state = read_state(directory)
    return Stack(directory, state) if state is not None and state.is_alive() else None


def clear_stale(directory: Path) -> bool:
    """Remove what a stack left that ended without being stopped; return whether there was one."""
    state = read_state(directory)
    if state is None or state.is_alive():
        return False
    shutil.rmtree(Path(state.socket).parent, ignore_errors=True)
    forget_state(directory)
    return True


def start_stack(plan: StackPlan, prepare: Prepare, report: Report, *, tied: bool) -> Stack:
    """Start a planned stack and return when all of it serves; where that fails, stop what was started.

    Args:
        plan: see there.
        prepare: called when the servers serve, before the workers start.
        report: told each step.
        tied: whether the stack ends with this process.

    Raises:
        OperationFailed: a stack runs in the directory already, or a part does not come up.
    """
    with _alone_in(plan.directory):
        stack = _launch(plan, tied=tied)
        try:
            _bring_up(stack, plan.servers, report)
            report("tables, topics, registry")
            prepare(plan.directory, load_settings(plan.forced))
            _bring_up(stack, plan.workers, report)
        except BaseException:
            stack.down()
            raise
    return stack


def _broker(directory: Path, broker: Broker, port: int, controller_port: int, reached_by: int) -> Program:
    if broker == "kafka":
        return apache_kafka(directory, port, controller_port, reached_by)
    return tansu(directory, port, reached_by)


def _addresses(broker_port: int, native_port: int) -> Tree:
    brokers = f"{LOOPBACK}:{broker_port}"
    clickhouse = {"host": LOOPBACK, "port": native_port, "secure": False, "cluster": ""}
    # Each stage by name: one that is given a broker of its own must not escape from the stack.
    return {
        "brokers": brokers,
        "producers": {"brokers": brokers},
        "streams": {"brokers": brokers},
        "sinks": {"brokers": brokers, "clickhouse": clickhouse},
    }


def _console(directory: Path, port: int, *, is_open: bool) -> Tree:
    values = {"host": LOOPBACK, "port": port, "accounts_file": str(directory / ACCOUNTS_NAME)}
    return {"console": {**values, "public_url": "", "open_role": "operator" if is_open else ""}}


def _secrets(clickhouse: ClickHouseServer) -> Tree:
    writer, migrator, console = (clickhouse.address(user) for user in ("writer", "migrator", "console"))
    return {
        "sinks": {
            "clickhouse": {
                "user": writer.user,
                "password": writer.password,
                "migrator_user": migrator.user,
                "migrator_password": migrator.password,
            }
        },
        "console": {"clickhouse_user": console.user, "clickhouse_password": console.password},
    }


def _launch(plan: StackPlan, *, tied: bool) -> Stack:
    # A Unix socket's path may have 107 characters at most, and a state directory may lie deep.
    socket = Path(tempfile.mkdtemp(prefix="pulse-")) / SOCKET_NAME
    where = Supervision(plan.directory, socket, load_settings().deploy.log_megabytes)
    supervisor = launch_supervisor(where, [*plan.servers, *plan.workers], tied=tied)
    pid = supervisor.pid()
    state = StackState(
        supervisor_pid=pid,
        started_ticks=start_ticks(pid) or 0,
        socket=str(socket),
        broker=plan.broker,
        settings=plan.addresses,
        clickhouse_http=plan.clickhouse_http,
        metrics=plan.metrics,
    )
    write_state(plan.directory, state, plan.secrets)
    return Stack(plan.directory, state)


def _bring_up(stack: Stack, programs: list[Program], report: Report) -> None:
    for program in programs:
        report(program.name)
        stack.supervisor.start(program.name)
    for program in programs:
        wait_ready(stack.supervisor, program, stack.logs)


@contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    """Hold the directory, so that of two commands that start a stack there at once only one does."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if find_stack(directory) is not None:
            raise OperationFailed(f"a stack runs in {directory} already; `pulse stack down` ends it")
        clear_stale(directory)
        yield
