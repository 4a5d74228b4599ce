"""A ladder whose rungs are seconds, for tests."""

from __future__ import annotations

from sinks.settings import SinksSettings

RUNG_SECONDS = {"ESTATE": 1.2, "COMMUNITY": 1.2, "STREET": 4.0}
"""The street has so long that somebody can look and act in time."""
LOOK_SECONDS = 0.2


def short_ladder(sinks: SinksSettings) -> dict[str, str]:
    """Return the settings of an alerter with such a ladder, which works on a ClickHouse, as variables."""
    server = sinks.clickhouse
    return {
        "PULSE_SINKS__CLICKHOUSE__HOST": server.host,
        "PULSE_SINKS__CLICKHOUSE__PORT": str(server.port),
        "PULSE_SINKS__CLICKHOUSE__USER": server.user,
        "PULSE_SINKS__CLICKHOUSE__PASSWORD": server.password.get_secret_value(),
        "PULSE_SINKS__LADDER__LOOK_SECONDS": str(LOOK_SECONDS),
        "PULSE_SINKS__LADDER__OFF_HOURS_FACTOR": "1",
        **{
            f"PULSE_SINKS__LADDER__{level}__{severity}": str(seconds / 60)
            for level, seconds in RUNG_SECONDS.items()
            for severity in ("RAISED", "HIGH", "CRITICAL")
        },
    }
