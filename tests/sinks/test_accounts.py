from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.accounts import Account, Fate, Offsets, fates, source_of


@dataclass(frozen=True)
class Sent:
    offset: int
    value: bytes = b"{}"
    headers: tuple[tuple[str, bytes], ...] = ()


offsets = st.sets(st.integers(0, 40), max_size=20).map(sorted)


@given(offsets, offsets)
def test_offsets_are_walked_beside_the_log(held: list[int], asked: list[int]) -> None:
    table = Offsets(held)
    assert [table.holds(offset) for offset in asked] == [offset in held for offset in asked]
    last = asked[-1] if asked else -1
    assert table.passed == [offset for offset in held if offset < last and offset not in asked]


def test_each_record_gets_its_fate_and_rows_without_a_record_are_noted() -> None:
    # log:      3  4  5     7  8      (2 was deleted by age, 6 never existed, 9 came later)
    # stored:   3        6  7     9
    # rejected:    4        7
    account = Account()
    log = [Sent(offset) for offset in (3, 4, 5, 7, 8)]
    found = {each.offset: fate for each, fate in fates(log, [1, 2, 3, 6, 7, 9], [0, 4, 7], account, part=2)}
    assert found == {3: Fate.STORED, 4: Fate.REJECTED, 5: Fate.OPEN, 7: Fate.STORED, 8: Fate.OPEN}
    assert account.unexplained == [
        "part 2 offset 6: a row without a record",
        "part 2 offset 7: both stored and rejected",
    ]
    assert not account.is_exact


@pytest.mark.parametrize(
    ("value", "headers", "source"),
    [
        (b'{"source": "body"}', (("ce_source", b"header"),), "header"),
        (b'{"source": "body"}', (), "body"),
        (b'{"source": "body"}', (("ce_source", b""),), "body"),
        (b"\xff no JSON", (("ce_source", b"header"),), "header"),
        (b"\xff no JSON", (), "unknown"),
        (b'{"source": 5}', (), "unknown"),
        (b"[" * 100_000, (), "unknown"),
        (b"", (("ce_source", b"\xff"),), "\ufffd"),
    ],
)
def test_a_records_source_is_its_headers_else_its_bodys(
    value: bytes, headers: tuple[tuple[str, bytes], ...], source: str
) -> None:
    assert source_of(Sent(0, value, headers)) == source


def test_an_account_is_exact_when_nothing_is_left_over() -> None:
    account = Account()
    tally = account.tally("12345")
    tally.published, tally.stored, tally.duplicates, tally.rejected = 10, 7, 2, 1
    assert account.is_exact
    tally.duplicates = 1
    assert not account.is_exact
