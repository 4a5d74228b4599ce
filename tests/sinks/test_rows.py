from __future__ import annotations

import pytest

from sinks.clickhouse import ClickHouse
from sinks.rows import (
    INSERTED,
    complaint_columns,
    count_frame_columns,
    progress_columns,
    rejected_columns,
    surge_columns,
)
from sinks.settings import SinksSettings
from sinks.units import UNIT_COLUMNS
from streams.contract import Reason, Rejected


def test_no_rows_make_empty_columns() -> None:
    empty = (
        complaint_columns([]),
        count_frame_columns([]),
        surge_columns([]),
        rejected_columns([]),
        progress_columns([]),
    )
    for columns, names in zip(empty, list(INSERTED.values())[:5], strict=True):
        assert [list(column) for column in columns] == [[] for _ in names]


def test_a_rejected_record_with_any_text_can_be_stored() -> None:
    record = Rejected(
        source="\udcff",
        reason=Reason.NOT_JSON,
        detail="\ud800",
        epoch=1,
        part=0,
        offset=0,
        key=b"\xff",
        value=b"\x00\xff",
        headers=(("\udcff", b"\xfe"),),
    )
    columns = dict(zip(INSERTED["rejected"], rejected_columns([record]), strict=True))
    assert (columns["source"], columns["detail"], columns["header_names"]) == (["?"], ["?"], [["?"]])
    assert (columns["value"], columns["header_values"]) == ([b"\x00\xff"], [[b"\xfe"]])


@pytest.mark.stack
def test_what_is_inserted_is_what_the_tables_have(server: ClickHouse, fresh: SinksSettings) -> None:
    for table, names in {**INSERTED, "units": UNIT_COLUMNS}.items():
        described = server.execute(f"DESCRIBE TABLE {fresh.clickhouse.database}.{table}")
        filled_in_by_the_server = {row[0] for row in described if row[2]}
        own = [row[0] for row in described if row[0] not in filled_in_by_the_server]
        assert list(names) == own, table
