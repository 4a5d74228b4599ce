"""The comparison can fail: a fact that is gone, one too many, a figure or a byte that is another one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from deploy.chaos.batch import Batch
from deploy.chaos.compare import (
    Findings,
    compare_counts,
    compare_facts,
    compare_rejected,
    compare_surges,
    totals_of,
)
from deploy.chaos.judge import check_bounds, check_lines
from deploy.chaos.tables import Row
from deploy.chaos.watch import MEBIBYTE, Memory
from streams.contract import Level, Path, Rejected, Surge, SurgeState, milliseconds
from streams.estates.registry_csv import format_csv
from streams.settings import StreamsSettings
from tests.streams.records import NOON, event, raw, registry, tick


@pytest.fixture
def batch() -> Batch:
    made = Batch(format_csv(registry()), StreamsSettings(), 1)
    log = [raw(event(number), number) for number in range(4)]
    log += [raw(event(0), 4), raw(event(9), 5, value=b"{"), tick(NOON + dt.timedelta(minutes=9), 6)]
    made.take({0: log})
    return made


def rows_of(batch: Batch) -> list[Row]:
    """What the table of facts holds when all is right."""
    return [
        (
            name,
            *(fact.part, fact.offset, fact.kind.value),
            *(milliseconds(fact.occurred_at), milliseconds(fact.weighed_at)),
            *(fact.path.estate, fact.path.community, fact.path.street, fact.path.district, fact.path.city),
            *(fact.problem_type, fact.reporter, fact.title, fact.text),
        )
        for name, fact in batch.facts.items()
    ]


def counts_of(batch: Batch) -> list[Row]:
    return [(*key, *figures) for key, figures in batch.counts.items()]


def found(findings: Findings) -> tuple[int, int, int]:
    return len(findings.lost), len(findings.doubled), len(findings.wrong)


def test_what_is_right_differs_in_nothing(batch: Batch) -> None:
    assert compare_facts(rows_of(batch), batch).is_none
    assert compare_counts(counts_of(batch), batch.counts).is_none
    assert compare_rejected([*batch.rejected.values()], batch).is_none
    assert totals_of(batch) == (4, sum(map(sum, batch.counts.values())), 0, 1)


def test_a_missing_fact_is_lost(batch: Batch) -> None:
    assert found(compare_facts(rows_of(batch)[1:], batch)) == (1, 0, 0)


def test_a_fact_that_nobody_sent_is_doubled(batch: Batch) -> None:
    _, *values = rows_of(batch)[0]
    assert found(compare_facts([*rows_of(batch), ("12345/r0/copy", *values)], batch)) == (0, 1, 0)


def test_a_fact_that_is_there_twice_is_doubled(batch: Batch) -> None:
    assert found(compare_facts([*rows_of(batch), rows_of(batch)[0]], batch)) == (0, 1, 0)


def test_the_later_delivery_of_another_month_is_no_doubling(batch: Batch) -> None:
    name, part, _, *values = rows_of(batch)[0]
    assert compare_facts([*rows_of(batch), (name, part, 4, *values)], batch).is_none


def test_a_later_delivery_in_place_of_the_first_is_wrong(batch: Batch) -> None:
    (name, part, _, *values), *others = rows_of(batch)
    assert found(compare_facts([(name, part, 4, *values), *others], batch)) == (0, 0, 1)


@pytest.mark.parametrize("column", range(3, 15))
def test_a_fact_with_another_value_is_wrong_and_named(batch: Batch, column: int) -> None:
    first, *others = rows_of(batch)
    changed = (*first[:column], "another", *first[column + 1 :])
    assert found(compare_facts([changed, *others], batch)) == (0, 0, 1)


def test_a_count_that_is_another_gone_or_one_too_many_is_wrong(batch: Batch) -> None:
    rows = counts_of(batch)
    *key, opened, petitioned, closed, reopened = rows[0]
    changed: list[Any] = [*key, opened + 1, petitioned, closed, reopened]
    assert found(compare_counts([tuple(changed), *rows[1:]], batch.counts)) == (0, 0, 1)
    assert found(compare_counts(rows[1:], batch.counts)) == (0, 0, 1)
    extra = ("estate", "E9", *rows[0][2:])
    assert found(compare_counts([*rows, extra], batch.counts)) == (0, 0, 1)


def surge(**changes: Any) -> Surge:
    values: dict[str, Any] = {
        **{"surge_id": "s1", "unit": "E1", "level": "estate", "state": "open", "revision": 2},
        **{"opened_at": NOON, "updated_at": NOON, "window_start": NOON, "window_end": NOON},
        **{"observed": 9, "expected": 1.0, "expected_low": 0.0, "expected_high": 3.0, "score": 6.5},
        **{"reporters": 9, "requests": 11, "request_ids": ("r1",), "children": (), "path": Path("E1")},
        **{"detector_version": "1"},
    }
    return Surge(**{**values, **changes})


def test_surges_are_compared_id_for_id() -> None:
    expected = {"s1": surge(level=Level.ESTATE, state=SurgeState.OPEN)}
    noon = milliseconds(NOON)
    row: Row = ("s1", "estate", "E1", "open", 2, noon, noon, -1, 9, 9, 11, ["r1"], [], 6.5)
    assert compare_surges([row], expected).is_none
    assert found(compare_surges([], expected)) == (0, 0, 1)
    assert found(compare_surges([row, ("s2", *row[1:])], expected)) == (0, 0, 1)
    assert found(compare_surges([("s1", "estate", "E1", "cleared", *row[4:])], expected)) == (0, 0, 1)


def test_rejected_records_are_compared_whole(batch: Batch) -> None:
    [right] = batch.rejected.values()
    assert found(compare_rejected([], batch)) == (1, 0, 0)
    assert found(compare_rejected([right, _at(right, 77)], batch)) == (0, 1, 0)
    other = Rejected(**{name: getattr(right, name) for name in right.__struct_fields__} | {"value": b"{}"})
    assert found(compare_rejected([other], batch)) == (0, 0, 1)


def _at(rejected: Rejected, offset: int) -> Rejected:
    fields = {name: getattr(rejected, name) for name in rejected.__struct_fields__}
    return Rejected(**fields | {"offset": offset})


def test_a_line_that_never_reached_the_log_is_lost() -> None:
    log = {0: [raw(event(1), 0)]}
    value = log[0][0].value or b""
    assert check_lines([value], log).is_none
    assert found(check_lines([value, value, b"another"], log)) == (2, 0, 0)


def test_memory_and_disk_without_bound_are_wrong() -> None:
    level = {"writer": Memory(100 * MEBIBYTE, 150 * MEBIBYTE)}
    assert check_bounds(level, (0, MEBIBYTE), MEBIBYTE).is_none
    grown = {"writer": Memory(100 * MEBIBYTE, 900 * MEBIBYTE)}
    assert found(check_bounds(grown, (0, 2000 * MEBIBYTE), MEBIBYTE)) == (0, 0, 2)


def test_what_two_ways_of_looking_find_is_not_counted_twice() -> None:
    one = Findings(lost=["event a"], wrong=["count"])
    other = Findings(lost=["record a", "record b"], doubled=["row"], wrong=["another count"])
    assert found(one.beside(other)) == (2, 1, 2)
