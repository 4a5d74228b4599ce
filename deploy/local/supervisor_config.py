"""The configuration of supervisord, which keeps the parts of the local stack alive; pure text.

supervisord was chosen over own code for restarts, back-off, log rotation and ordered stops
(docs/adr/0006-supervisor.md).
"""

from __future__ import annotations

import configparser
import io
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.program import Program
from deploy.local.tether import tethered

RETRIES: Final = 60
"""supervisord waits one second longer before each retry: 60 of them are half an hour, then it gives up."""
UP_SECONDS: Final = 1
"""A process that ends sooner counts as a failed start, and the next start waits longer."""
BACKUPS: Final = 3


@dataclass(frozen=True)
class Supervision:
    """Where supervisord keeps its own things, and how large logs may grow."""

    directory: Path
    socket: Path
    log_megabytes: int

    @property
    def logs(self) -> Path:
        """The directory with one log a program."""
        return self.directory / "logs"

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.directory / "supervisord.conf"


def supervisor_config(where: Supervision, programs: Sequence[Program]) -> str:
    """Return the text of supervisord.conf; programs start in their order and stop in the reverse of it."""
    config = configparser.RawConfigParser()
    config["supervisord"] = _supervisor_section(where)
    config["unix_http_server"] = {"file": _literal(str(where.socket)), "chmod": "0600"}
    config["rpcinterface:supervisor"] = {
        "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
    }
    for place, program in enumerate(programs):
        config[f"program:{program.name}"] = _program_section(where, program, place)
    text = io.StringIO()
    config.write(text)
    return text.getvalue()


def _supervisor_section(where: Supervision) -> dict[str, str]:
    section = {
        "nodaemon": "true",
        "silent": "true",
        "umask": "077",
        "directory": _literal(str(where.directory)),
        "logfile": _literal(str(where.logs / "supervisor.log")),
        "logfile_maxbytes": f"{where.log_megabytes}MB",
        "logfile_backups": str(BACKUPS),
        "pidfile": _literal(str(where.directory / "supervisord.pid")),
        "childlogdir": _literal(str(where.logs)),
    }
    # supervisord warns when it runs as root without having been told to.
    return section | ({"user": "root"} if os.getuid() == 0 else {})


def _program_section(where: Supervision, program: Program, place: int) -> dict[str, str]:
    return {
        "command": _literal(shlex.join(tethered(program.command))),
        "directory": _literal(str(program.directory)),
        "environment": _environment(program.environment),
        "priority": str(place),
        "autostart": "false",
        "autorestart": str(program.restarts).lower(),
        "startsecs": str(UP_SECONDS),
        "startretries": str(RETRIES),
        "stopwaitsecs": str(program.stop_seconds),
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": _literal(str(where.logs / f"{program.name}.log")),
        "stdout_logfile_maxbytes": f"{where.log_megabytes}MB",
        "stdout_logfile_backups": str(BACKUPS),
    }


def _environment(variables: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_quotable(value)}"' for name, value in variables.items())


def _quotable(value: str) -> str:
    """Return a value for double quotes, inside which supervisord's reader knows no escape."""
    if '"' in value:
        raise ValueError(f"supervisord cannot pass on a double quote: {value!r}")
    return _literal(value)


def _literal(value: str) -> str:
    """Keep supervisord from expanding percent signs; refuse what it would cut off, with no way around it."""
    if " ;" in value or "\n" in value:
        raise ValueError(f"supervisord would cut this off at the semicolon or line break: {value!r}")
    return value.replace("%", "%%")
