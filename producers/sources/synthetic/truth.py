"""What is true of a synthetic stream: for tests and the demo to read, hidden from the platform."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from producers.contract import ComplaintEvent, Kind
from producers.sources.synthetic.deliveries import Delivery, Outage
from producers.sources.synthetic.district import district
from producers.sources.synthetic.openings import Opening
from producers.sources.synthetic.plan import Plan, Rise
from producers.sources.synthetic.residents import Resident
from producers.sources.synthetic.rhythm import ZONE, local_date, midnight
from producers.sources.synthetic.surges import Planted

LATE_AFTER: Final = dt.timedelta(hours=1)


class SourceTruth(msgspec.Struct, frozen=True, kw_only=True):
    """The account of one request system: published = stored + duplicates + rejected."""

    published: int
    stored: int
    """Distinct events."""
    duplicates: int
    """Deliveries of an event that was delivered before."""
    rejected: int
    late: int
    """Of the distinct events those that arrive over an hour after they happened."""


class PlantedTruth(msgspec.Struct, frozen=True, kw_only=True):
    """Something planted."""

    id: str
    kind: str
    """`estate`, `area` or `city`: a surge that has to be found, at that level. `repeat`: one person who
    writes again and again; `rise`: an estate that is complained about more and more; `outage`: a backlog that
    arrives at once. These three are no surges."""
    unit: str
    """Id of the unit; for an outage that of the city."""
    level: str
    name: str = ""
    start: dt.datetime
    end: dt.datetime
    """First and last event, UTC."""
    events: int = 0
    reporters: int = 0
    problem: str = ""
    estates: tuple[str, ...] = ()
    """The estates that its events are about: an alert there in an area's or the city's surge is not false."""


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one stream before it is published."""

    seed: int
    zone: str
    sources: dict[str, SourceTruth]
    rejected: dict[str, int]
    """Malformed records by the reason for which they have to be rejected."""
    opened: dict[str, dict[str, int]]
    """Opened requests by estate id (empty: about no estate) and local year."""
    petitions: dict[str, dict[str, int]]
    """Petitions in the same form."""
    surges: tuple[PlantedTruth, ...]
    others: tuple[PlantedTruth, ...]
    """What is no surge, though it may look like one."""
    residents: tuple[Resident, ...]
    """Made-up people whom texts give away: none of them may appear behind the intake."""

    def to_json(self) -> bytes:
        """Return the truth file: JSON, one indented object."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def read_truth(data: bytes) -> Truth:
    """Read a truth file.

    Raises:
        msgspec.ValidationError: it is not one.
    """
    return msgspec.json.decode(data, type=Truth)


def tell(
    seed: int,
    plan: Plan,
    deliveries: Sequence[Delivery],
    reasons: Iterable[str],
    residents: tuple[Resident, ...],
    outage: Outage,
) -> Truth:
    """Count what is delivered, and list what was planted."""
    surges = [_planted(each) for each in plan.planted if each.kind != "repeat"]
    others = [_planted(each) for each in plan.planted if each.kind == "repeat"]
    others += [*_rises(plan.rises), _outage(outage)]
    return Truth(
        seed=seed,
        zone=ZONE,
        sources=_sources(deliveries),
        rejected=dict(sorted(Counter(reasons).items())),
        opened=_opened(plan.openings),
        petitions=_petitions(deliveries),
        surges=tuple(sorted(surges, key=lambda each: each.start)),
        others=tuple(sorted(others, key=lambda each: each.start)),
        residents=residents,
    )


def _sources(deliveries: Iterable[Delivery]) -> dict[str, SourceTruth]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for each in deliveries:
        count = counts[each.what.source]
        count["published"] += 1
        if not isinstance(each.what, ComplaintEvent):
            count["rejected"] += 1
        elif each.is_repeat:
            count["duplicates"] += 1
        else:
            count["stored"] += 1
            count["late"] += each.at - each.what.occurred_at > LATE_AFTER
    return {
        source: SourceTruth(
            published=count["published"],
            stored=count["stored"],
            duplicates=count["duplicates"],
            rejected=count["rejected"],
            late=count["late"],
        )
        for source, count in sorted(counts.items())
    }


def _opened(openings: Iterable[Opening]) -> dict[str, dict[str, int]]:
    return _by_year((each.estate.id if each.estate else "", each.opened_at) for each in openings)


def _petitions(deliveries: Iterable[Delivery]) -> dict[str, dict[str, int]]:
    ids = {row.name: row.id for row in district().delivered()} | {"": ""}
    return _by_year(
        (ids[each.what.estate], each.what.occurred_at)
        for each in deliveries
        if isinstance(each.what, ComplaintEvent) and each.what.kind is Kind.PETITIONED and not each.is_repeat
    )


def _by_year(happenings: Iterable[tuple[str, dt.datetime]]) -> dict[str, dict[str, int]]:
    counts = Counter((estate, str(local_date(moment).year)) for estate, moment in happenings)
    table: dict[str, dict[str, int]] = {}
    for (estate, year), count in sorted(counts.items()):
        table.setdefault(estate, {})[year] = count
    return table


def _planted(planted: Planted) -> PlantedTruth:
    return PlantedTruth(
        id=planted.id,
        kind=planted.kind,
        unit=planted.unit,
        level=planted.level,
        name=district().by_id[planted.unit].name,
        start=planted.start,
        end=planted.end,
        events=len(planted.openings),
        reporters=len({opening.reporter for opening in planted.openings}),
        problem=planted.problem,
        estates=tuple(sorted({opening.estate.id for opening in planted.openings if opening.estate})),
    )


def _rises(rises: Iterable[Rise]) -> Iterable[PlantedTruth]:
    for number, rise in enumerate(rises, 1):
        yield PlantedTruth(
            id=f"rise-{number:02}",
            kind="rise",
            unit=rise.estate.id,
            level="estate",
            name=rise.estate.name,
            start=midnight(rise.first),
            end=midnight(rise.first + dt.timedelta(days=rise.days)),
            estates=(rise.estate.id,),
        )


def _outage(outage: Outage) -> PlantedTruth:
    city = district().of_level("city")[0]
    return PlantedTruth(
        id="outage",
        kind="outage",
        unit=city.id,
        level="city",
        name=city.name,
        start=outage.start,
        end=outage.end,
    )
