"""The systemd units, where no systemd runs: what they start is a command, what they set is a setting."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path

import pytest

from deploy.settings import known_variables
from tests.deploy.commands import assert_pulse_takes

UNITS = sorted((Path(__file__).parents[2] / "deploy" / "systemd").glob("*.service"))


def service(unit: Path) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit)
    return parser["Service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_and_sets_settings(unit: Path) -> None:
    program, *arguments = shlex.split(service(unit)["ExecStart"])
    assert program.endswith("/.venv/bin/pulse")
    assert_pulse_takes(arguments)
    name = service(unit).get("Environment", "").partition("=")[0]
    assert not name or name in known_variables()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_restarts_and_has_few_rights(unit: Path) -> None:
    section = service(unit)
    assert section["Restart"] == "always"
    assert section["NoNewPrivileges"] == section["DynamicUser"] == "true"
    assert section["ProtectSystem"] == "strict"


def test_every_worker_has_a_unit() -> None:
    assert {unit.stem for unit in UNITS} == {
        "pulse-intake@",
        "pulse-weigher",
        "pulse-writer",
        "pulse-alerter",
        "pulse-http",
        "pulse-console",
        "pulse-relay",
        "pulse-verifier",
    }
