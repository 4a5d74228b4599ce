"""The documents are true: README's commands run, others exist with their options, links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from deploy.cli import pulse as root

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PULSE = Path(sys.executable).with_name("pulse")
CODE_LINE = re.compile(r"^(?: {4}|\t)?(?:\$ )?(?:\.venv/bin/)?pulse (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def console_commands() -> list[str]:
    """README's commands, in order."""
    blocks = CONSOLE.findall((ROOT / "README.md").read_text())
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_readme_shows_the_two_commands_of_a_newcomer() -> None:
    assert console_commands()[:2] == ["make demo", "make test"]
    # The first runs in test_stack.py as `pulse demo`; the second is how this test is run.
    plan = subprocess.run(["make", "-n", "-C", str(ROOT), "demo"], check=True, capture_output=True, text=True)
    assert "pulse demo" in plan.stdout


@pytest.mark.stack
def test_readmes_other_commands_run_as_they_stand(tmp_path: Path) -> None:
    commands = [command for command in console_commands() if command.startswith(".venv/bin/pulse ")]
    assert len(commands) + 2 == len(console_commands())
    try:
        for command in commands:
            done = pulse(tmp_path, *shlex.split(command.removeprefix(".venv/bin/pulse ")))
            assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    finally:
        pulse(tmp_path, "stack", "down")


def pulse(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with its state in a directory of the test's own."""
    environment = {**os.environ, "PULSE_STATE_DIR": str(directory / "state")}
    return subprocess.run(
        [PULSE, *arguments],
        check=False,
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_documents_exist_with_their_options(document: Path) -> None:
    for line in CODE_LINE.findall(document.read_text()):
        command, words = _resolve(shlex.split(line.split("#")[0]))
        known = {
            option for parameter in command.params for option in parameter.opts + parameter.secondary_opts
        }
        used = {word.split("=")[0] for word in words if word.startswith("-") and len(word) > 1}
        assert used <= known | {"--help", "-h"}, f"{line}: {used - known}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(document: Path) -> None:
    for target in LINK.findall(document.read_text()):
        assert (document.parent / target).exists(), target


def _resolve(words: list[str]) -> tuple[click.Command, list[str]]:
    command: click.Command = root
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"no such command: pulse {words[0]}"
        command, words = found, words[1:]
    return command, words
