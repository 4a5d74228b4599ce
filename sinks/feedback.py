"""What people made of the surges that they were told of, to be held against what calibration works out.

Read from the view `surge_verdicts`. It changes nothing: thresholds are set by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from sinks.clickhouse import ClickHouse
from sinks.settings import SinksSettings
from sinks.statements import query

WEEK_MS: Final = 7 * 86_400_000


class Judged(NamedTuple):
    """One surge that people were told of, or judged."""

    score: float
    is_surge: bool | None
    """What they made of it; None: nothing yet."""
    opened_ms: int
    """When it opened, in event time: ms since 1970 UTC."""


@dataclass(frozen=True)
class Feedback:
    """What people made of surges, with how long they have been told of them."""

    surges: tuple[Judged, ...]
    clock_ms: int
    """The clock of the data: ms since 1970 UTC."""

    @property
    def weeks(self) -> float:
        """Weeks of event time from the first of these surges to the clock of the data; one at least."""
        opened = [each.opened_ms for each in self.surges]
        return max(1.0, (max([self.clock_ms, *opened]) - min(opened)) / WEEK_MS) if opened else 1.0

    @property
    def judged(self) -> int:
        """How many people took up, or called not a surge."""
        return sum(each.is_surge is not None for each in self.surges)

    @property
    def called_none(self) -> int:
        """How many of these they called not a surge."""
        return _called_none(self.surges)

    def called_none_a_week(self, threshold: float) -> float:
        """Return how many surges a week a threshold would still tell that people called none.

        Below the threshold that was in force nothing was told, so there it is the least.
        """
        return _called_none(each for each in self.surges if each.score >= threshold) / self.weeks

    def lost(self, threshold: float) -> float | None:
        """Return which part of the surges that people took up a threshold would not tell; None: of none."""
        taken_up = [each.score for each in self.surges if each.is_surge]
        return sum(score < threshold for score in taken_up) / len(taken_up) if taken_up else None


def read_feedback(settings: SinksSettings) -> Feedback:
    """Return what people have made of surges so far.

    Raises:
        DatabaseAway: the server stayed away longer than the patience.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """
    server = ClickHouse(settings.clickhouse)
    try:
        rows = server.execute(query("surge_verdicts", settings))
    finally:
        server.close()
    surges = tuple(Judged(score, _verdict(word), opened_ms) for score, word, opened_ms, _ in rows)
    return Feedback(surges, max((clock_ms for *_, clock_ms in rows), default=0))


def _verdict(word: int | None) -> bool | None:
    return None if word is None else bool(word)


def _called_none(surges: Iterable[Judged]) -> int:
    return sum(each.is_surge is False for each in surges)
