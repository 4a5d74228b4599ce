"""The session's broker and ClickHouse, as the command line finds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.clickhouse import ClickHouseServer


@pytest.fixture
def platform(
    kafka: str, clickhouse_server: ClickHouseServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> str:
    """Settings in the environment by which the commands find the session's broker and server."""
    values = {
        "STATE_DIR": str(tmp_path),
        "PRODUCERS__BROKERS": kafka,
        "STREAMS__BROKERS": kafka,
        "SINKS__BROKERS": kafka,
        "SINKS__CLICKHOUSE__PORT": str(clickhouse_server.port),
        "SINKS__CLICKHOUSE__PASSWORD": clickhouse_server.passwords["writer"],
        "SINKS__CLICKHOUSE__MIGRATOR_PASSWORD": clickhouse_server.passwords["migrator"],
    }
    for name, value in values.items():
        monkeypatch.setenv(f"PULSE_{name}", value)
    return kafka
