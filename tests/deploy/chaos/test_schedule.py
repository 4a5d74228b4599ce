"""The schedule of a seed: the same every time, and every kind before any comes again."""

from __future__ import annotations

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from deploy.chaos.faults import FAULTS
from deploy.chaos.mishaps import MISHAPS
from deploy.chaos.run import fault_makers
from deploy.chaos.schedule import FIRST_SECOND, LAST_SECOND, Deck, Planned, Schedule
from producers.sources.synthetic.chance import chance_of


def runs(seed: int, count: int, broker: str = "tansu") -> list[list[Planned]]:
    schedule = Schedule(seed, [*fault_makers(broker)], [*MISHAPS])
    return [schedule.next_run() for _ in range(count)]


@given(st.integers())
def test_a_seed_gives_the_same_runs_again(seed: int) -> None:
    assert runs(seed, 3) == runs(seed, 3)


def test_another_seed_gives_others() -> None:
    assert runs(1, 3) != runs(2, 3)


@given(st.integers())
def test_a_few_runs_meet_every_kind(seed: int) -> None:
    met = {planned.kind for run in runs(seed, 6) for planned in run}
    assert met >= {*FAULTS, *MISHAPS}


@given(st.integers())
def test_faults_come_in_order_and_within_the_time(seed: int) -> None:
    for run in runs(seed, 3):
        times = [planned.at_seconds for planned in run]
        assert times == sorted(times)
        assert all(FIRST_SECOND <= at <= LAST_SECOND for at in times)


@given(st.integers(min_value=0, max_value=40))
def test_a_deck_deals_each_kind_before_any_again(count: int) -> None:
    dealt = [*Deck("abcd", chance_of(1, "deck")).deal(count)]
    pieces = iter(dealt)
    while piece := [*islice(pieces, 4)]:
        assert len({*piece}) == len(piece)


def test_only_a_broker_on_disk_is_restarted() -> None:
    assert "broker restarted" in fault_makers("kafka")
    assert "broker restarted" not in fault_makers("tansu")


def test_a_planned_fault_draws_the_same_again() -> None:
    planned = runs(5, 1)[0][0]
    assert planned.chance().random() == planned.chance().random()
