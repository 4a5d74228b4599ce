"""The short form of the fault runs, on both brokers; and that they can fail: planted damage is found."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.chaos.batch import Batch
from deploy.chaos.compare import Findings
from deploy.chaos.judge import judge
from deploy.chaos.run import run_once
from deploy.chaos.schedule import Planned
from deploy.chaos.stage import Stage, staged
from deploy.errors import PartUnavailable
from deploy.example_district import REGISTRY_FILE
from deploy.local.kafka_jars import fetch_jars, find_java
from sinks.clickhouse import ClickHouse

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1200)]

PULSE = Path(sys.executable).with_name("pulse")
RUNS = 5


@pytest.fixture(params=["tansu", "kafka"])
def broker(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if name == "kafka":
        try:
            find_java()
            fetch_jars()
        except PartUnavailable as error:
            pytest.skip(error.format_message())
    return name


def test_nothing_is_lost_doubled_or_wrong(broker: str, tmp_path: Path) -> None:
    page = tmp_path / "reliability.md"
    done = subprocess.run(
        [PULSE, "chaos", "--runs", str(RUNS), "--broker", broker, "--report", str(page)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PULSE_STATE_DIR": str(tmp_path / "state")},
        cwd=tmp_path,
    )
    said = f"{done.stdout}\n{done.stderr}"
    assert done.stdout.splitlines()[-1:] == [f"faults: runs {RUNS} lost 0 doubled 0 wrong 0"], said
    assert done.returncode == 0, said
    assert len(re.findall(r"recovered after", done.stdout)) > 3 * RUNS, said
    assert "not recovered" not in done.stdout, said
    assert re.search(rf"no failure in {RUNS} runs", page.read_text())


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Batch]]:
    """A platform after a run of poison alone, with the pure code at the same place."""
    with staged(tmp_path_factory.mktemp("faults"), "tansu", lambda _: None) as stage:
        registry = REGISTRY_FILE.read_text(encoding="utf-8")
        batch = Batch(registry, stage.platform.settings.streams, len(stage.tail.log), stage.epoch)
        result = run_once(stage, batch, 0, 1, [Planned("poison", 2.0, 1)], lambda _: None)
        assert result.findings.is_none, str(result.findings)
        assert result.rejected > 40
        assert batch.surges
        stage.parcels = []  # what was sent is accounted for
        yield stage, batch


# Each leaves the totals as they are, so that nobody waits for what would never come.
DAMAGE = {
    "a fact is gone and another is there that nobody sent": (
        """INSERT INTO pulse.complaints SELECT * REPLACE ('nobody-sent-this' AS event_id)
           FROM pulse.complaints FINAL ORDER BY event_id LIMIT 1""",
        """DELETE FROM pulse.complaints WHERE event_id =
           (SELECT min(event_id) FROM pulse.complaints WHERE event_id != 'nobody-sent-this')""",
    ),
    "one count is one too high and one is one too low": tuple(
        f"""INSERT INTO pulse.unit_counts SELECT * REPLACE (opened {change} AS opened, version + 1 AS version)
            FROM pulse.unit_counts FINAL WHERE opened > 1 ORDER BY level, unit, grain, bucket, part {which}
            LIMIT 1"""
        for change, which in (("+ 1", ""), ("- 1", "DESC"))
    ),
    "a rejected record lost its last byte": (
        """INSERT INTO pulse.rejected SELECT * REPLACE (substring(value, 1, length(value) - 1) AS value)
           FROM pulse.rejected FINAL WHERE length(value) > 9 ORDER BY part, off LIMIT 1""",
    ),
    "a surge has one reporter more": (
        """INSERT INTO pulse.surges SELECT * REPLACE (reporters + 1 AS reporters)
           FROM pulse.surges FINAL ORDER BY surge_id LIMIT 1""",
    ),
}


def test_planted_damage_is_found(settled: tuple[Stage, Batch]) -> None:
    stage, batch = settled
    settings = stage.platform.settings.sinks.clickhouse
    as_migrator = {"user": settings.migrator_user, "password": settings.migrator_password}
    server = ClickHouse(settings.model_copy(update=as_migrator))
    found: list[tuple[int, int, int]] = []
    before = Findings()
    for statements in DAMAGE.values():
        for statement in statements:
            server.execute(statement)
        after = judge(stage, batch, [], batch.ends(), lambda: None)
        found.append(
            (
                len(after.lost) - len(before.lost),
                len(after.doubled) - len(before.doubled),
                len(after.wrong) - len(before.wrong),
            )
        )
        before = after
    fact, count, rejected, surge = found
    assert fact[:2] == (1, 1)
    assert fact[2] > 0  # counts that the facts no longer bear out
    assert count[:2] == rejected[:2] == surge[:2] == (0, 0)
    assert count[2] >= 2
    assert (rejected[2], surge[2]) == (1, 1)
