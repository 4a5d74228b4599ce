"""The Makefile: what a newcomer types first, and that stdout is the command's alone."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
MAKEFILE = (REPOSITORY / "Makefile").read_text()

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or not (REPOSITORY / ".venv" / "bin" / "pulse").exists(),
    reason="needs make, and a .venv that `make install` made",
)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    # What is installed is not put in question here: a test must not install.
    return run("make", "--old-file=.venv/.installed", *arguments)


def test_the_demo_target_hands_its_arguments_on_and_prints_nothing_of_its_own() -> None:
    expected = run(".venv/bin/pulse", "demo", "--help")
    shown = make("demo", "ARGS=--help")
    assert (shown.returncode, shown.stdout) == (0, expected.stdout)


def test_the_demo_target_fails_with_the_command() -> None:
    shown = make("demo", "ARGS=--nonsense")
    assert shown.returncode != 0
    assert shown.stdout == ""


def test_installers_write_to_stderr_only() -> None:
    [recipe] = re.findall(r"^\$\(INSTALLED\):.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    for line in recipe.splitlines():
        assert line.startswith("\t@")
        assert line.endswith(">&2") or "touch" in line


def test_help_lists_every_target() -> None:
    [phony] = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    listed = {line.split()[0] for line in make("help").stdout.splitlines()}
    assert {*phony.split()} == listed


def test_the_lock_holds_every_dependency_with_a_hash() -> None:
    pyproject = (REPOSITORY / "pyproject.toml").read_text()
    [declared] = re.findall(r"^dependencies = \[\n(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL)
    wanted = {name.lower() for name in re.findall(r'"([A-Za-z0-9_-]+)[=>]', declared)}
    lock = (REPOSITORY / "requirements.txt").read_text()
    pinned = re.findall(r"^([a-z0-9-]+)==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert wanted <= {*pinned}, "run `make lock`"
    entries = re.findall(r"^[a-z0-9-]+==(?:.*\n)(?:    .*\n)*", lock, re.MULTILINE)
    assert all("--hash=sha256:" in entry for entry in entries)
