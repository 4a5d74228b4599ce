"""The documents are true: commands exist with their options, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from deploy.cli import pulse as root
from tests.deploy.readme import console_commands, pulse_commands

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE_LINE = re.compile(r"^(?: {4}|\t)?(?:\$ )?(?:\.venv/bin/)?pulse (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
NAMED_FILE = re.compile(r"`((?:producers|streams|sinks|deploy|tests|docs)/[\w./-]+)")
MADE_LATER = "deploy/secrets"
"""By `make secrets`; not in a checkout."""


def test_readme_shows_the_two_commands_of_a_newcomer() -> None:
    assert console_commands()[:2] == ["make demo", "make test"]
    # The first runs in test_stack.py as `pulse demo`, as do the others; the second is how this test is run.
    assert len(pulse_commands()) + 2 == len(console_commands())
    plan = subprocess.run(["make", "-n", "-C", str(ROOT), "demo"], check=True, capture_output=True, text=True)
    assert "pulse demo" in plan.stdout


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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(document: Path) -> None:
    for named in NAMED_FILE.findall(document.read_text()):
        assert named.startswith(MADE_LATER) or (ROOT / named).exists(), named


def _resolve(words: list[str]) -> tuple[click.Command, list[str]]:
    command: click.Command = root
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"no such command: pulse {words[0]}"
        command, words = found, words[1:]
    return command, words
