from __future__ import annotations

import re

import pytest

from sinks.migrate import own_migrations
from sinks.settings import ClickHouseSettings, SinksSettings
from sinks.statements import UnknownMacro, resolve, split

ONE_SERVER = SinksSettings()
CLUSTER = SinksSettings(clickhouse=ClickHouseSettings(cluster="main"))
REPEATABLE = re.compile(
    r"CREATE (DATABASE|TABLE|MATERIALIZED VIEW) IF NOT EXISTS|CREATE OR REPLACE (VIEW|DICTIONARY)"
    r"|ALTER TABLE \S+ +(MODIFY TTL|MODIFY SETTING|ADD COLUMN IF NOT EXISTS|COMMENT COLUMN"
    r"|ADD PROJECTION IF NOT EXISTS|MATERIALIZE PROJECTION)"
    r"|INSERT INTO \S+\.(requests|request_readings|request_changes) "  # each is taken up anew
)


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;\nSELECT 2;\n", ["SELECT 1", "SELECT 2"]),
        ("-- a comment; with a semicolon\nSELECT 1", ["SELECT 1"]),
        ("SELECT ';', 'it''s -- not'; SELECT 1", ["SELECT ';', 'it''s -- not'", "SELECT 1"]),
        ("-- nothing else\n;\n", []),
    ],
)
def test_a_file_is_split_where_its_statements_end(text: str, statements: list[str]) -> None:
    assert split(text) == statements


def test_one_server_and_a_cluster_are_served_by_the_same_text() -> None:
    text = "CREATE TABLE {db}.t {on_cluster} ENGINE = {engine:ReplacingMergeTree(version)}"
    assert resolve(text, ONE_SERVER) == "CREATE TABLE pulse.t  ENGINE = ReplacingMergeTree(version)"
    assert resolve(text, CLUSTER) == (
        "CREATE TABLE pulse.t ON CLUSTER 'main' ENGINE = ReplicatedReplacingMergeTree(version)"
    )


def test_a_macro_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownMacro, match="databse"):
        resolve("SELECT {databse}", ONE_SERVER)


def test_a_parameter_of_the_server_is_left_to_it() -> None:
    assert resolve("SELECT {part:UInt16}", ONE_SERVER) == "SELECT {part:UInt16}"


def test_every_statement_of_every_migration_is_harmless_to_repeat() -> None:
    texts = [resolve(migration.text, ONE_SERVER) for migration in own_migrations()]
    statements = [statement for text in texts for statement in split(text)]
    assert len(statements) > 15
    for statement in statements:
        assert REPEATABLE.match(" ".join(statement.split())), statement[:80]


def test_every_migration_says_on_which_cluster_its_tables_are_made() -> None:
    for migration in own_migrations():
        for statement in split(resolve(migration.text, CLUSTER)):
            assert "ON CLUSTER 'main'" in statement or statement.startswith("INSERT"), migration.name
