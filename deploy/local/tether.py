"""Runs a command that dies with its parent: `python -m deploy.local.tether PARENT_PID COMMAND...`.

A part that outlives the process which started it keeps its port and its data directory, and the next start
fails on both. Linux can end a child when its parent ends, even by SIGKILL, but the child has to ask for it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
ANY_PARENT: Final = 0


def tethered(command: tuple[str, ...], parent: int | None = None) -> tuple[str, ...]:
    """Return the command wrapped so that it gets SIGTERM when the process that starts it ends.

    The signal is tied to the thread that started the child, so start it from a thread that lives as long
    as the parent should. Where `parent` is given, the command is not run if that process is gone already.
    """
    return (sys.executable, "-m", "deploy.local.tether", str(parent or ANY_PARENT), *command)


def main(arguments: list[str]) -> None:
    """Ask for the signal, check that the parent still lives, and become the command."""
    parent, *command = arguments
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # The parent may have died before the line above: then nobody would ever send the signal.
    if int(parent) not in {os.getppid(), ANY_PARENT}:
        sys.exit(f"{command[0]}: the process that started it ({parent}) is gone")
    os.execvp(command[0], command)  # noqa: S606 - becoming the command is the point


if __name__ == "__main__":
    main(sys.argv[1:])
