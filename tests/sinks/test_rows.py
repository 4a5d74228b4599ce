from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.clickhouse import ClickHouse
from sinks.rows import (
    INSERTED,
    Upsert,
    complaint_columns,
    newest_upserts,
    progress_columns,
    rejected_columns,
    surge_columns,
    unit_count_columns,
)
from sinks.settings import SinksSettings
from sinks.units import UNIT_COLUMNS
from streams.contract import CountFrame, Grain, Level, Measures, Reason, Rejected

buckets = st.tuples(st.sampled_from(["e1", "e2"]), st.sampled_from(list(Grain)), st.sampled_from([0, 60]))


def frame(part: int, next_offset: int, keys: Sequence[tuple[str, Grain, int]]) -> CountFrame:
    return CountFrame(
        epoch=1,
        part=part,
        next=next_offset,
        units=[unit for unit, _, _ in keys],
        levels=[Level.ESTATE for _ in keys],
        grains=[grain for _, grain, _ in keys],
        buckets=[bucket for _, _, bucket in keys],
        measures=[Measures(opened=next_offset) for _ in keys],
    )


def as_figures(upserts: Sequence[Upsert]) -> dict[tuple[object, ...], tuple[int, int]]:
    return {upsert[:5]: (upsert[5].opened, upsert[6]) for upsert in upserts}


@given(st.lists(st.tuples(st.integers(0, 1), st.sets(buckets, max_size=4)), max_size=8), st.randoms())
def test_frames_unite_to_the_newest_value_of_each_bucket_in_whatever_order(
    batches: list[tuple[int, set[tuple[str, Grain, int]]]], chance: random.Random
) -> None:
    frames = [frame(part, number + 1, sorted(keys)) for number, (part, keys) in enumerate(batches)]
    expected: dict[tuple[object, ...], int] = {}
    for each in frames:
        for unit, grain, bucket in zip(each.units, each.grains, each.buckets, strict=True):
            expected["estate", unit, grain.value, bucket, each.part] = each.next
    shuffled = chance.sample(frames, len(frames))
    united = as_figures(newest_upserts([*shuffled, *frames]))
    assert united == {key: (newest, (1 << 40) + newest) for key, newest in expected.items()}


def test_no_rows_make_empty_columns() -> None:
    empty = (
        complaint_columns([]),
        unit_count_columns([]),
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
