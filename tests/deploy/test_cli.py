"""The `pulse` command as a stranger meets it: help, one-line errors, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from deploy.cli import COMMANDS, LazyGroup
from deploy.example import example_toml, uncommented
from deploy.settings import Settings

REPOSITORY = Path(__file__).parents[2]


def pulse(*arguments: str, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")}
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *arguments],
        cwd=directory,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_command_with_a_line(tmp_path: Path) -> None:
    shown = pulse("--help", directory=tmp_path)
    assert shown.returncode == 0
    assert all(f"\n  {name} " in shown.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(name: str) -> None:
    command = LazyGroup().get_command(click.Context(click.Group()), name)
    assert isinstance(command, click.Command), f"deploy/commands/{name}.py exports no `command`"
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert command.help
    assert [each.name for each in options if not each.help] == []


def test_every_module_is_listed() -> None:
    modules = {file.stem for file in (REPOSITORY / "deploy" / "commands").glob("[a-z]*.py")}
    # `produce_file.py` is a part of `produce.py`; `options.py` holds what several commands take.
    assert {name.partition("_")[0] for name in modules} - {"options"} == set(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "pulse: No such command 'nonsense'. (see `pulse --help`)\n"),
        (["config", "--quick"], "pulse: No such option: --quick (see `pulse config --help`)\n"),
    ],
)
def test_bad_usage_is_one_line_and_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    shown = pulse(*arguments, directory=tmp_path)
    assert (shown.returncode, shown.stdout, shown.stderr) == (2, "", message)


def test_a_wrong_setting_is_one_line_and_2(tmp_path: Path) -> None:
    shown = pulse("config", directory=tmp_path, PULSE_SINKS__BATCH_ROWS="x")
    assert shown.returncode == 2
    assert shown.stderr.startswith("pulse: PULSE_SINKS__BATCH_ROWS: ")
    assert shown.stderr.count("\n") == 1


def test_the_unexpected_is_one_line_and_1_unless_debugged(tmp_path: Path) -> None:
    (tmp_path / "pulse.toml").mkdir()
    shown = pulse("config", directory=tmp_path)
    assert shown.returncode == 1
    assert shown.stderr.startswith("pulse: unexpected IsADirectoryError: ")
    assert shown.stderr.count("\n") == 1
    assert "Traceback" in pulse("config", directory=tmp_path, PULSE_DEBUG="1").stderr


def test_config_as_json_says_value_and_source(tmp_path: Path) -> None:
    shown = pulse("config", "--json", directory=tmp_path, PULSE_SINKS__BATCH_ROWS="12")
    settings = json.loads(shown.stdout)
    assert settings["PULSE_SINKS__BATCH_ROWS"] == {"value": 12, "source": "PULSE_SINKS__BATCH_ROWS"}
    assert settings["PULSE_ZONE"] == {"value": "Asia/Shanghai", "source": "default"}


def test_the_example_file_is_what_the_command_prints() -> None:
    there = (REPOSITORY / "pulse.example.toml").read_text(encoding="utf-8")
    assert there == example_toml(), "run `pulse config --example > pulse.example.toml`"


def test_every_default_in_the_example_is_right() -> None:
    assert Settings.model_validate(tomllib.loads(uncommented(example_toml()))) == Settings.model_validate({})
