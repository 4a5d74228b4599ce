"""Holds what a platform stored against what the pure code makes of the same log. Pure.

- lost: an event or rejected record that was sent and is nowhere;
- doubled: one that is there without having been sent there;
- wrong: a figure, surge, or record that is not what it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from deploy.chaos.batch import Batch, CountKey, Figures
from deploy.chaos.tables import Row, Tables, Totals
from sinks.verify import Verification
from streams.contract import Rejected, Surge, Tagged, milliseconds

NEVER: Final = -1
FACT_VALUES: Final = (
    *("kind", "occurred_at", "weighed_at", "estate", "community", "street", "district", "city"),
    *("problem_type", "reporter", "title", "text"),
)


@dataclass
class Findings:
    """What differs, by name."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_none(self) -> bool:
        """Whether nothing differs."""
        return not (self.lost or self.doubled or self.wrong)

    def add(self, other: Self) -> Self:
        """Take in what was found elsewhere; return itself."""
        self.lost += other.lost
        self.doubled += other.doubled
        self.wrong += other.wrong
        return self

    def beside(self, other: Self) -> Self:
        """Take in what another way of looking at the same found; return itself.

        Both name the same lost and doubled records, in other words, so the longer list holds. Their figures
        are compared with different ones, so what is wrong adds up.
        """
        self.lost = max(self.lost, other.lost, key=len)
        self.doubled = max(self.doubled, other.doubled, key=len)
        self.wrong += other.wrong
        return self

    def __str__(self) -> str:
        return "; ".join(
            f"{name}: {', '.join(found[:5])}{' ...' if len(found) > 5 else ''}"
            for name, found in (("lost", self.lost), ("doubled", self.doubled), ("wrong", self.wrong))
            if found
        )


def compare(tables: Tables, batch: Batch) -> Findings:
    """Hold all tables against the batch."""
    found = compare_facts(tables.facts(), batch)
    found.add(compare_counts(tables.counts(), batch.counts))
    found.add(compare_surges(tables.surges(), batch.surges))
    return found.add(compare_rejected(tables.rejected(), batch))


def totals_of(batch: Batch) -> Totals:
    """Return what `Tables.totals` has to come to."""
    return (
        len(batch.facts),
        sum(map(sum, batch.counts.values())),
        sum(surge.revision for surge in batch.surges.values()),
        len(batch.rejected),
    )


def compare_facts(rows: Iterable[Row], batch: Batch) -> Findings:
    """Hold the stored events against the first deliveries of those that were sent.

    A later delivery that names another month is stored beside the first one, and readers take the first; that
    is no doubling. An event at a place where nobody sent it is one.
    """
    found = Findings()
    by_name: dict[str, dict[tuple[int, int], Row]] = {}
    for name, part, offset, *values in rows:
        places = by_name.setdefault(name, {})
        if (part, offset) in places or batch.deliveries.get((part, offset)) != name:
            found.doubled.append(f"event {name} at {part}/{offset}")
        places[part, offset] = tuple(values)
    for name, fact in batch.facts.items():
        places = by_name.get(name, {})
        stored = places.get((fact.part, fact.offset))
        if not places:
            found.lost.append(f"event {name} of {fact.part}/{fact.offset}")
        elif stored is None:
            found.wrong.append(f"event {name}: not its first delivery, {fact.part}/{fact.offset}")
        elif stored != _fact_values(fact):
            found.wrong.append(f"event {name}: {_differing(stored, _fact_values(fact))}")
    return found


def compare_counts(rows: Iterable[Row], expected: Mapping[CountKey, Figures]) -> Findings:
    """Hold every bucket of every unit against the batch's."""
    stored = {
        (level, unit, grain, start, part): tuple(figures)
        for level, unit, grain, start, part, *figures in rows
    }
    return _compare_values("count", stored, expected, lambda figures: figures)


def compare_surges(rows: Iterable[Row], expected: Mapping[str, Surge]) -> Findings:
    """Hold every surge, id for id, against the batch's."""
    stored = {id_: _hashable(values) for id_, *values in rows}
    return _compare_values("surge", stored, expected, _surge_values)


def compare_rejected(stored: Sequence[Rejected], batch: Batch) -> Findings:
    """Hold every rejected record, bytes, headers and reason, against the batch's."""
    found = Findings()
    by_place = {(each.part, each.offset): each for each in stored}
    for place, each in by_place.items():
        if place not in batch.rejected:
            found.doubled.append(f"rejected {each.part}/{each.offset} ({each.reason.value})")
    for place, expected in batch.rejected.items():
        name = f"rejected {expected.part}/{expected.offset} ({expected.reason.value})"
        if place not in by_place:
            found.lost.append(name)
        elif by_place[place] != expected:
            found.wrong.append(f"{name}: {_differing_fields(by_place[place], expected)}")
    return found


def found_by(verification: Verification) -> Findings:
    """Return what `pulse verify` found, in the same terms."""
    account, counts = verification.account, verification.counts
    found = Findings(lost=[f"record {name}" for name in account.missing], doubled=[*account.unexplained])
    if not account.is_exact and found.is_none:
        found.wrong.append("account: published is not stored + duplicates + rejected")
    if not counts.is_exact:
        found.wrong += [
            f"count {each.level} {each.unit} {each.grain} {each.bucket:%Y-%m-%dT%H:%M}: not that of the facts"
            for each in counts.differences
        ]
    found.wrong += [f"request {name}: not as its facts say" for name in verification.requests.differences]
    if verification.requests.waiting:
        found.wrong.append(f"requests: {verification.requests.waiting} inserts were not taken up")
    return found


def _compare_values(
    what: str,
    stored: Mapping[Any, Any],
    expected: Mapping[Any, Any],
    values_of: Callable[[Any], Any],
) -> Findings:
    found = Findings()
    for key in stored.keys() | expected.keys():
        is_value, should_be = stored.get(key), expected.get(key)
        should_be = None if should_be is None else values_of(should_be)
        if is_value != should_be:
            found.wrong.append(f"{what} {key}: {is_value or 'nothing'}, not {should_be or 'nothing'}")
    return found


def _fact_values(fact: Tagged) -> Row:
    path = fact.path
    return (
        fact.kind.value,
        milliseconds(fact.occurred_at),
        milliseconds(fact.weighed_at),
        *(path.estate, path.community, path.street, path.district, path.city),
        fact.problem_type,
        fact.reporter,
        fact.title,
        fact.text,
    )


def _surge_values(surge: Surge) -> Row:
    return (
        surge.level.value,
        surge.unit,
        surge.state.value,
        surge.revision,
        milliseconds(surge.opened_at),
        milliseconds(surge.updated_at),
        NEVER if surge.cleared_at is None else milliseconds(surge.cleared_at),
        surge.observed,
        surge.reporters,
        surge.requests,
        tuple(surge.request_ids),
        tuple(surge.children),
        surge.score,
    )


def _hashable(values: Sequence[Any]) -> Row:
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def _differing_fields(stored: Rejected, expected: Rejected) -> str:
    names = stored.__struct_fields__
    return ", ".join(name for name in names if getattr(stored, name) != getattr(expected, name))


def _differing(stored: Row, expected: Row) -> str:
    return ", ".join(
        name for name, one, other in zip(FACT_VALUES, stored, expected, strict=True) if one != other
    )
