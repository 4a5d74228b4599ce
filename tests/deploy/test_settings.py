"""Which source a setting is taken from, and what is said of a wrong one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from deploy.errors import SettingsError
from deploy.local.state import StackState, read_state, start_ticks, write_state
from deploy.settings import MASK, describe, load_settings

TOML = """
zone = "Asia/Tokyo"
[sinks]
batch_rows = 11
"""


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("PULSE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stack(directory: Path, *, pid: int, ticks: int) -> None:
    (directory / ".pulse").mkdir()
    addresses = {"brokers": "127.0.0.1:4000", "sinks": {"batch_rows": 7, "clickhouse": {"port": 4001}}}
    secrets = {"sinks": {"clickhouse": {"password": "hush"}}}
    write_state(directory / ".pulse", StackState(pid, ticks, "/run/s", "tansu", addresses), secrets)


def own_ticks() -> int:
    ticks = start_ticks(os.getpid())
    assert ticks is not None
    return ticks


def origin(name: str) -> str:
    [source] = [each.source for each in describe(load_settings()) if ".".join(each.path) == name]
    return source


def test_without_anything_the_defaults_hold() -> None:
    assert load_settings().zone == load_settings().sinks.zone == "Asia/Shanghai"
    assert origin("sinks.batch_rows") == "default"


def test_the_file_is_read_and_its_shared_zone_reaches_the_stages(directory: Path) -> None:
    (directory / "pulse.toml").write_text(TOML)
    settings = load_settings()
    assert (settings.streams.zone, settings.sinks.zone, settings.sinks.batch_rows) == ("Asia/Tokyo",) * 2 + (
        11,
    )
    assert origin("streams.zone") == "pulse.toml"


def test_the_environment_is_stronger_than_the_file(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (directory / "pulse.toml").write_text(TOML)
    monkeypatch.setenv("PULSE_SINKS__BATCH_ROWS", "12")
    monkeypatch.setenv("PULSE_BROKERS", "all:1")
    monkeypatch.setenv("PULSE_STREAMS__BROKERS", "own:1")
    settings = load_settings()
    assert (settings.sinks.batch_rows, settings.sinks.zone) == (12, "Asia/Tokyo")
    assert (settings.streams.brokers, settings.sinks.brokers) == ("own:1", "all:1")
    assert origin("sinks.batch_rows") == "PULSE_SINKS__BATCH_ROWS"


def test_a_running_stack_is_weaker_than_the_file_and_stronger_than_defaults(directory: Path) -> None:
    (directory / "pulse.toml").write_text(TOML)
    stack(directory, pid=os.getpid(), ticks=own_ticks())
    settings = load_settings()
    assert (settings.sinks.batch_rows, settings.sinks.clickhouse.port) == (11, 4001)
    assert settings.producers.brokers == settings.streams.brokers == "127.0.0.1:4000"
    assert settings.sinks.clickhouse.password.get_secret_value() == "hush"


@pytest.mark.parametrize(
    ("pid", "ticks"), [(2**22 + 1, 5), (os.getpid(), 1)], ids=["dead", "pid taken again"]
)
def test_a_stale_stack_counts_for_nothing(directory: Path, pid: int, ticks: int) -> None:
    stack(directory, pid=pid, ticks=ticks)
    assert load_settings().sinks.clickhouse.port == 9000
    state = read_state(directory / ".pulse")
    assert state is not None
    assert not state.is_alive()


def test_secrets_stand_in_a_file_for_their_owner_alone(directory: Path) -> None:
    stack(directory, pid=os.getpid(), ticks=own_ticks())
    files = {file.name: file for file in (directory / ".pulse").iterdir()}
    assert set(files) == {"stack.json", "secrets.json"}
    assert files["secrets.json"].stat().st_mode & 0o777 == 0o600
    assert "hush" not in files["stack.json"].read_text()


def test_secrets_are_masked(directory: Path) -> None:
    stack(directory, pid=os.getpid(), ticks=own_ticks())
    shown = {".".join(each.path): each.value for each in describe(load_settings())}
    assert shown["sinks.clickhouse.password"] == MASK
    assert "hush" not in json.dumps(shown, default=str)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PULSE_SINKS__BATCH_ROWS", "many", "PULSE_SINKS__BATCH_ROWS: .*integer"),
        ("PULSE_SINKS__BATCH_ROWS", "0", "PULSE_SINKS__BATCH_ROWS: .*greater than or equal to 1"),
        ("PULSE_SINKS__BATCH_ROW", "5", "PULSE_SINKS__BATCH_ROW: no such .* mean PULSE_SINKS__BATCH_ROWS"),
        ("PULSE_PRODUCERS__REPORTER_KEY", "short", "PULSE_PRODUCERS__REPORTER_KEY: .*16 characters"),
        ("PULSE_PRODUCERS__INTAKE__TOKENS", '{"a": "b"}', "PULSE_PRODUCERS__INTAKE__TOKENS: .*SHA-256"),
        ("PULSE_ZONE", "Asia/Atlantis", "PULSE_ZONE: .*Atlantis"),
    ],
)
def test_a_wrong_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message) as refusal:
        load_settings()
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[sinks]\nbatch_rows = 'x'", r"pulse\.toml: sinks\.batch_rows: .*integer"),
        ("[sinks]\nbatchrows = 5", r"pulse\.toml: sinks\.batchrows: .*not permitted"),
        ("[sink]\nbatch_rows = 5", r"pulse\.toml: sink: .*not permitted"),
        ("sinks = 5", r"pulse\.toml: sinks: .*"),
        ("batch_rows = =", r"pulse\.toml: not a TOML file: .*line 1"),
    ],
)
def test_a_wrong_line_of_the_file_is_named(directory: Path, toml: str, message: str) -> None:
    (directory / "pulse.toml").write_text(toml)
    with pytest.raises(SettingsError, match=message):
        load_settings()


def test_stages_that_would_count_by_different_days_are_refused_by_both_names(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directory / "pulse.toml").write_text(TOML)
    monkeypatch.setenv("PULSE_STREAMS__ZONE", "UTC")
    with pytest.raises(SettingsError, match=r"streams\.zone is UTC, sinks\.zone is Asia/Tokyo"):
        load_settings()


def test_hashes_meant_for_clickhouse_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_CLICKHOUSE_WRITER_SHA256", "ab" * 32)
    load_settings()
