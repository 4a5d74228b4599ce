"""The commands that README.md tells a newcomer to type."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
PULSE = ".venv/bin/pulse "


def console_commands() -> list[str]:
    """README's commands, in order."""
    return [
        line for block in CONSOLE.findall(README.read_text()) for line in block.splitlines() if line.strip()
    ]


def pulse_commands() -> list[str]:
    """The arguments of those that call `pulse`, in order."""
    return [line.removeprefix(PULSE) for line in console_commands() if line.startswith(PULSE)]
