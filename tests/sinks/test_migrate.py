from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sinks.clickhouse import ClickHouse, DatabaseRefused
from sinks.migrate import Migration, MigrationError, Migrator, own_migrations, pending
from sinks.migration_lock import MigrationLock, MigrationLockHeld
from sinks.settings import SinksSettings

LEDGER = own_migrations()[0]
TABLE = Migration(
    "0002_t.sql",
    "CREATE TABLE IF NOT EXISTS {db}.t (a Int8) ENGINE = MergeTree ORDER BY a;\n"
    "CREATE TABLE IF NOT EXISTS {db}.u (a Int8) ENGINE = MergeTree ORDER BY a;",
)
SETTINGS = SinksSettings()


def checksums(*migrations: Migration) -> dict[str, str]:
    return {each.name: each.checksum(SETTINGS) for each in migrations}


def test_what_is_applied_is_not_pending() -> None:
    assert pending([LEDGER, TABLE], {}, SETTINGS) == [LEDGER, TABLE]
    assert pending([LEDGER, TABLE], checksums(LEDGER), SETTINGS) == [TABLE]
    assert pending([LEDGER, TABLE], checksums(LEDGER, TABLE), SETTINGS) == []


def test_an_edited_file_is_refused_by_its_name() -> None:
    edited = Migration(TABLE.name, TABLE.text.replace("Int8", "Int16"))
    with pytest.raises(MigrationError, match=r"0002_t\.sql was edited after it was applied"):
        pending([LEDGER, edited], checksums(LEDGER, TABLE), SETTINGS)


def test_a_schema_of_a_newer_version_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"newer version"):
        pending([LEDGER], checksums(LEDGER, TABLE), SETTINGS)


def test_a_repeatable_file_is_pending_again_when_the_settings_change_what_it_says() -> None:
    retention = Migration("r_retention.sql", "ALTER TABLE t MODIFY TTL day + {minute_days}")
    applied = checksums(retention)
    assert pending([retention], applied, SETTINGS) == []
    assert pending([retention], applied, SETTINGS.model_copy(update={"minute_days": 7})) == [retention]


def test_numbers_are_unique_and_repeatable_files_come_last() -> None:
    names = [migration.name for migration in own_migrations()]
    numbers = [name[:4] for name in names if not name.startswith("r_")]
    assert numbers == sorted(set(numbers))
    assert names.index("r_retention.sql") >= len(numbers)


@pytest.mark.stack
def test_everything_is_applied_once_and_then_nothing(empty: SinksSettings) -> None:
    names = [migration.name for migration in own_migrations()]
    assert Migrator(empty).migrate() == names
    assert Migrator(empty).migrate() == []
    assert sorted(Migrator(empty).applied()) == sorted(names)


@pytest.mark.stack
def test_the_retention_follows_the_settings(empty: SinksSettings) -> None:
    Migrator(empty).migrate()
    assert Migrator(empty.model_copy(update={"minute_days": 30})).migrate() == ["r_retention.sql"]
    server = ClickHouse(empty.clickhouse)
    [(statement,)] = server.execute(f"SHOW CREATE TABLE {empty.clickhouse.database}.unit_counts")
    server.close()
    assert "toIntervalDay(30) WHERE grain = 'minute'" in statement


@pytest.mark.stack
def test_minutes_go_after_90_days_hours_after_three_years_and_days_never(
    fresh: SinksSettings, server: ClickHouse
) -> None:
    table = f"{fresh.clickhouse.database}.unit_counts"
    server.execute(
        f"INSERT INTO {table} (level, unit, grain, bucket, part, opened, version, inserted_at)"
        " SELECT 'city', toString(age), grain, toDateTime64('2015-01-01 00:00:00', 0, 'UTC'), 0, 1, 1,"
        "  now64(3) - toIntervalDay(age)"
        " FROM (SELECT arrayJoin([0, 89, 91, 1095, 1097, 3000]) AS age) AS ages"
        " ARRAY JOIN ['minute', 'hour', 'day'] AS grain"
    )
    server.execute(f"OPTIMIZE TABLE {table} FINAL")
    kept = server.execute(
        f"SELECT grain, arraySort(groupArray(toUInt32(unit))) FROM {table} FINAL"
        " GROUP BY grain ORDER BY grain"
    )
    assert kept == [
        ("day", [0, 89, 91, 1095, 1097, 3000]),
        ("hour", [0, 89, 91, 1095]),
        ("minute", [0, 89]),
    ]


@pytest.mark.stack
def test_another_zone_than_the_tables_were_made_for_is_refused(fresh: SinksSettings) -> None:
    with pytest.raises(MigrationError, match=r"Asia/Shanghai.*the setting says UTC"):
        Migrator(fresh.model_copy(update={"zone": "UTC"})).migrate()


@pytest.mark.stack
def test_a_file_that_failed_in_its_middle_is_applied_whole_by_the_next_run(empty: SinksSettings) -> None:
    broken = Migration(TABLE.name, TABLE.text.replace("{db}.u (a Int8)", "{db}.u (a NoSuchType)"))
    with pytest.raises(DatabaseRefused, match="NoSuchType"):
        Migrator(empty, [LEDGER, broken]).migrate()
    assert [*Migrator(empty).applied()] == [LEDGER.name]
    assert Migrator(empty, [LEDGER, TABLE]).migrate() == [TABLE.name]


@pytest.mark.stack
def test_two_migrators_at_once_apply_everything_once(empty: SinksSettings) -> None:
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda _: Migrator(empty).migrate(), range(2)))
    assert sorted(done, key=len) == [[], [migration.name for migration in own_migrations()]]


@pytest.mark.stack
def test_a_lock_that_was_left_behind_names_its_holder_and_can_be_broken(empty: SinksSettings) -> None:
    server = ClickHouse(empty.clickhouse)
    dead = MigrationLock(server, empty, "host-a:42")
    dead.__enter__()
    waiting = MigrationLock(server, empty, "host-b:1", patience_seconds=0)
    with pytest.raises(MigrationLockHeld, match=r"host-a:42 .*since .* UTC.*--break-lock"), waiting:
        pass
    assert Migrator(empty, [LEDGER]).migrate(break_lock=True) == [LEDGER.name]
    assert waiting.current_holder() == ""
    server.close()


@pytest.mark.stack
def test_every_table_view_and_column_says_what_it_is(fresh: SinksSettings, server: ClickHouse) -> None:
    databases = [fresh.clickhouse.database, fresh.clickhouse.bi_database]
    tables = server.execute(
        "SELECT name FROM system.tables WHERE database IN {databases:Array(String)} AND comment = ''",
        {"databases": databases},
    )
    columns = server.execute(
        "SELECT table, name FROM system.columns WHERE comment = '' AND database IN {databases:Array(String)} "
        "AND table NOT IN "
        "('units_current', 'units_dict', 'candidates_dict', 'estates_now_dict', 'unit_counts_of_frames', "
        "'request_units_of_requests')",
        {"databases": databases},
    )
    assert (tables, columns) == ([], [])
