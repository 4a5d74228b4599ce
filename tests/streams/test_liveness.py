"""The watch over a worker's progress: what is a stall, and what only looks like one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.liveness import EVERY_TOPIC, Partition, Sight, Standing, Waits, Watch

LIMIT = 60.0
STEP = 20.0
RAW: Partition = ("complaints.raw", 0)
NOTHING: Mapping[str, str] = {}


def verdicts(*sights: Sight) -> list[str | None]:
    watch = Watch(LIMIT, STEP)
    return [watch.look(sight) for sight in sights]


def every_ten_seconds(
    standings: Iterable[Mapping[Partition, Standing]],
    *,
    has_seat: bool = True,
    waits: Mapping[str, str] = NOTHING,
) -> list[Sight]:
    return [Sight(10.0 * number, standing, has_seat, waits) for number, standing in enumerate(standings)]


def first_stall(sights: list[Sight]) -> tuple[float, str] | None:
    """Return when the first stall was told, and how."""
    found = zip(sights, verdicts(*sights), strict=True)
    return next(((sight.at, text) for sight, text in found if text is not None), None)


def test_reads_that_advance_while_commits_do_not_are_a_stall() -> None:
    sights = every_ten_seconds({RAW: Standing(0, 5000, 100 + 100 * n, 100)} for n in range(1, 10))
    assert first_stall(sights) == (
        60.0,
        "complaints.raw/0 was read up to 800, but committed up to 100 only, for 60 s",
    )


def test_a_silent_partition_is_a_stall_once_the_log_has_grown_for_so_long() -> None:
    idle = [{RAW: Standing(0, 100, 100, 100)}] * 5
    growing = [{RAW: Standing(0, 101 + n, 100, 100)} for n in range(10)]
    sights = every_ten_seconds([*idle, *growing])
    assert first_stall(sights) == (
        110.0,
        "complaints.raw/0 goes up to 107, but was read up to 100 only, for 60 s",
    )


@pytest.mark.parametrize(
    ("standings", "what"),
    [
        ([{RAW: Standing(0, 100, 100, 100)}] * 30, "an idle log"),
        ([{RAW: Standing(200, 200, 100, 100)}] * 30, "a log that was emptied before it was read"),
        ([{RAW: Standing(0, 90, 100, 100)}] * 30, "a broker that tells too low an end (hazard 1)"),
        ([{RAW: Standing(0, 10_000, 10 * n + 5, 10 * n)} for n in range(30)], "a slow worker that gets on"),
        ([{RAW: Standing(0, 10_000, 99, n // 5)} for n in range(30)], "a commit every 50 s"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_stall(standings: list[Mapping[Partition, Standing]], what: str) -> None:
    assert first_stall(every_ten_seconds(standings)) is None, what


def test_a_worker_without_partitions_is_stalled_unless_it_has_a_seat() -> None:
    nothing: list[Mapping[Partition, Standing]] = [{}] * 10
    assert first_stall(every_ten_seconds(nothing, has_seat=True)) is None
    stall = first_stall(every_ten_seconds(nothing, has_seat=False))
    assert stall is not None
    assert stall[0] == 60.0


def test_a_wait_by_right_is_no_stall_and_time_begins_anew_behind_it() -> None:
    stuck: list[Mapping[Partition, Standing]] = [{RAW: Standing(0, 500, 300, 100)}] * 30
    assert first_stall(every_ten_seconds(stuck, waits={EVERY_TOPIC: "ClickHouse"})) is None
    waiting = every_ten_seconds(stuck[:10], waits={EVERY_TOPIC: "ClickHouse"})
    behind = [sight._replace(at=sight.at + 100.0) for sight in every_ten_seconds(stuck[:10])]
    stall = first_stall([*waiting, *behind])
    assert stall is not None
    assert stall[0] == 160.0


def test_another_partition_that_gets_on_hides_nothing() -> None:
    other = ("complaints.raw", 1)
    sights = every_ten_seconds(
        {other: Standing(0, 10_000, 50 * n, 50 * n), RAW: Standing(0, 500, 100, 100)} for n in range(10)
    )
    stall = first_stall(sights)
    assert stall is not None
    assert stall[1].startswith("complaints.raw/0 ")


def test_a_process_that_was_frozen_is_not_stalled_when_it_thaws() -> None:
    stuck = {RAW: Standing(0, 500, 300, 100)}
    assert verdicts(Sight(0.0, stuck, True), Sight(3600.0, stuck, True)) == [None, None]


def test_time_in_which_the_broker_could_not_be_asked_does_not_count() -> None:
    watch, stuck = Watch(LIMIT, STEP), {RAW: Standing(0, 500, 300, 100)}
    watch.look(Sight(0.0, stuck, True))
    for at in range(10, 3600, 10):
        watch.pass_over(float(at))
    assert watch.look(Sight(3600.0, stuck, True)) is None
    assert watch.longest_seconds <= STEP


MOVES = st.sampled_from([0, 0, 0, 1])


@given(st.lists(st.tuples(st.floats(0.1, 50.0), MOVES, MOVES, st.integers(0, 3)), max_size=80))
def test_no_stall_is_told_before_commits_or_reads_stood_still_for_the_limit(
    looks: list[tuple[float, int, int, int]],
) -> None:
    watch, at = Watch(LIMIT, STEP), 0.0
    handed = committed = 0
    handed_at = committed_at = 0.0
    for seconds, reads, commits, waiting in looks:
        at += seconds
        committed, committed_at = (committed + commits, at) if commits else (committed, committed_at)
        handed, handed_at = (handed + reads, at) if reads else (handed, handed_at)
        sight = Sight(at, {RAW: Standing(0, handed + waiting, handed, committed)}, has_seat=True)
        if watch.look(sight) is not None:
            assert at - min(handed_at, committed_at) >= LIMIT
            return


def test_a_wait_for_one_topic_excuses_no_other() -> None:
    stuck = {RAW: Standing(0, 500, 300, 100)}
    assert first_stall(every_ten_seconds([stuck] * 10, waits={"complaints.raw": "a rebuild"})) is None
    assert first_stall(every_ten_seconds([stuck] * 10, waits={"unit.counts": "facts"})) is not None


def test_waits_are_told_while_they_last() -> None:
    waits = Waits()
    with waits.on("ClickHouse"), waits.on("the facts", "unit.counts"), waits.on("the facts", "unit.counts"):
        assert waits.now() == {EVERY_TOPIC: "ClickHouse", "unit.counts": "the facts"}
    assert waits.now() == {}
