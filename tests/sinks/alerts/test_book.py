"""The book of surges: what is told, for how long, and that it can be built anew from the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from sinks.alerts.book import AlertBook, Verdict
from streams.contract import Level, Surge
from tests.sinks.alerts.surges import NOON, cleared, surge

MINUTE = dt.timedelta(minutes=1)
OLDEST, RESOLVED_FOR = dt.timedelta(days=14), 15 * MINUTE


def book() -> AlertBook:
    return AlertBook(OLDEST, RESOLVED_FOR)


def told(of: AlertBook, now: dt.datetime) -> dict[str, dt.datetime | None]:
    """Return what is told: surge -> since when it is over."""
    return {entry.surge.surge_id: entry.over_at for entry in of.to_tell(now)}


def test_an_open_surge_is_told_until_a_while_behind_its_end() -> None:
    first, kept = surge(), book()
    assert kept.take([(first, NOON)]) == [first.surge_id]
    assert told(kept, NOON + 3 * MINUTE) == {first.surge_id: None}
    end = NOON + 5 * MINUTE
    assert kept.take([(cleared(first, end), end)]) == [first.surge_id]
    assert told(kept, end) == {first.surge_id: end}
    assert told(kept, end + 15 * MINUTE) == {first.surge_id: end}
    assert told(kept, end + 16 * MINUTE) == {}
    kept.forget(end + 16 * MINUTE)
    assert not kept._entries


def test_one_that_was_over_before_anybody_could_be_told_is_not_told() -> None:
    kept = book()
    assert kept.take([(cleared(surge(), NOON), NOON)]) == []
    assert told(kept, NOON) == {}


def test_a_replay_of_long_ago_wakes_nobody_whenever_it_is_published() -> None:
    kept, now = book(), NOON + dt.timedelta(days=15)
    kept.take([(surge(), now)])
    assert told(kept, now) == {}
    kept.take([(surge(revision=2, updated_at=now), now)])
    assert told(kept, now) == {surge().surge_id: None}


def test_an_old_revision_that_comes_again_changes_nothing() -> None:
    kept = book()
    last = cleared(surge(), NOON)
    kept.take([(surge(), NOON), (last, NOON)])
    assert kept.take([(surge(), NOON + MINUTE)]) == []
    assert told(kept, NOON + MINUTE) == {last.surge_id: NOON}


def test_areas_are_told_before_their_parts() -> None:
    kept = book()
    kept.take([(surge(level), NOON) for level in (Level.ESTATE, Level.DISTRICT, Level.COMMUNITY)])
    assert [entry.surge.level for entry in kept.to_tell(NOON)] == [
        Level.DISTRICT,
        Level.COMMUNITY,
        Level.ESTATE,
    ]


def test_what_people_close_is_over_whatever_the_detector_says_and_open_again_when_they_raise_it() -> None:
    kept, first = book(), surge()
    kept.take([(first, NOON)])
    closing = NOON + MINUTE
    assert kept.judge({first.surge_id: Verdict(is_closed=True)}, closing) == [first.surge_id]
    assert kept.judge({first.surge_id: Verdict(is_closed=True)}, closing + MINUTE) == []
    assert kept.take([(surge(revision=2), closing + MINUTE)]) == [first.surge_id]
    assert told(kept, closing + MINUTE) == {first.surge_id: closing}
    assert [each.surge_id for each in kept.surges(closing)] == [first.surge_id]
    raised = {first.surge_id: Verdict(raised_to=(Level.COMMUNITY,))}
    assert kept.judge(raised, closing + 2 * MINUTE) == [first.surge_id]
    assert told(kept, closing + 2 * MINUTE) == {first.surge_id: None}


REVISIONS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4)), max_size=20)


def revisions(drawn: Sequence[tuple[str, int]]) -> list[tuple[Surge, dt.datetime]]:
    """Return revisions as a log would hold them: the fourth of a surge is its end."""
    made = []
    for place, (name, revision) in enumerate(drawn):
        each = surge(surge_id=name, revision=revision)
        at = NOON + place * MINUTE / 10
        made.append((cleared(surge(surge_id=name, revision=3), NOON) if revision == 4 else each, at))
    return made


@given(REVISIONS, st.integers(0, 20))
def test_repeats_from_any_place_in_the_log_change_nothing(drawn: list[tuple[str, int]], cut: int) -> None:
    log = revisions(sorted(drawn, key=lambda each: each[1]))
    once, again = book(), book()
    once.take(log)
    again.take(log[:cut])
    again.take(log[max(0, cut - 5) :])
    assert told(again, NOON + MINUTE) == told(once, NOON + MINUTE)
