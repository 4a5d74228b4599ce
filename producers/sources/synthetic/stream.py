"""The example district's whole stream, and the truth about it.

Two request systems, the hotline and the petition office, in order of arrival. The truth is counted from what
is delivered, so that it can be held against what the platform says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from producers.contract import ComplaintEvent
from producers.sources.synthetic.chance import chance_of
from producers.sources.synthetic.deliveries import Courier, Delivery, Outage
from producers.sources.synthetic.district import district, roads
from producers.sources.synthetic.letters import Letter, LetterWriter
from producers.sources.synthetic.lifecycle import Lives
from producers.sources.synthetic.malformed import malformed
from producers.sources.synthetic.openings import Opening
from producers.sources.synthetic.petitions import PetitionOffice
from producers.sources.synthetic.plan import RECORD, Plan, plan_openings
from producers.sources.synthetic.residents import Resident
from producers.sources.synthetic.rhythm import midnight
from producers.sources.synthetic.truth import Truth, tell

DEFAULT_SEED: Final = 3
OUTAGE_HOURS: Final = 7


@dataclass(frozen=True)
class Stream:
    """What one seed makes."""

    plan: Plan
    deliveries: tuple[Delivery, ...]
    """In order of arrival."""
    reasons: tuple[str, ...]
    """For each malformed record, the reason for which it has to be rejected."""
    letters: tuple[Letter, ...]
    """That of each opening of the plan."""
    outage: Outage

    @property
    def residents(self) -> tuple[Resident, ...]:
        """The made-up people whom letters give away."""
        return tuple(letter.resident for letter in self.letters if letter.resident)


def district_deliveries(seed: int = DEFAULT_SEED) -> Iterator[Delivery]:
    """Yield the example district's events and malformed records in order of arrival, the same for a seed."""
    yield from _stream(seed).deliveries


def district_truth(seed: int = DEFAULT_SEED) -> Truth:
    """Return what is true of the stream of a seed: totals by source, rejections, surges and the like."""
    made = _stream(seed)
    return tell(seed, made.plan, made.deliveries, made.reasons, made.residents, made.outage)


def make_stream(seed: int) -> Stream:
    """Make all that one seed gives: about 24,000 deliveries, in two seconds."""
    plan = plan_openings(seed)
    letters = _letters(seed, plan.openings)
    outage = _draw_outage(seed)
    hotline = list(_hotline(seed, plan.openings, letters))
    register = [event for petition in _office(seed).petitions() for event in petition]
    courier = Courier(outage, chance_of(seed, "deliveries"))
    deliveries = [*courier.deliver(hotline), *courier.deliver(register)]
    bad = malformed(_harmless(deliveries), chance_of(seed, "malformed"))
    for record, _ in bad:
        deliveries.append(Delivery(record.arrived_at or outage.end, record))
    deliveries.sort(key=lambda delivery: delivery.at)
    return Stream(
        plan,
        tuple(deliveries),
        tuple(reason for _, reason in bad),
        tuple(letters),
        outage,
    )


def _letters(seed: int, openings: tuple[Opening, ...]) -> list[Letter]:
    writer = LetterWriter(district(), roads(), chance_of(seed, "letters"))
    return [writer.write(opening) for opening in openings]


def _hotline(seed: int, openings: tuple[Opening, ...], letters: list[Letter]) -> Iterator[ComplaintEvent]:
    lives = Lives(district(), midnight(RECORD.end), chance_of(seed, "lives"))
    for opening, letter in zip(openings, letters, strict=True):
        yield from lives.events(opening, letter)


def _office(seed: int) -> PetitionOffice:
    chance = chance_of(seed, "petitions")
    shares = [float(row.households or 1) * chance.lognormvariate(0, 0.5) for row in district().delivered()]
    return PetitionOffice(district(), shares, chance)


def _draw_outage(seed: int) -> Outage:
    chance = chance_of(seed, "outage")
    day = dt.date(2021, 3, 1) + dt.timedelta(days=chance.randrange(90))
    start = midnight(day) + dt.timedelta(hours=9, seconds=chance.randrange(7200))
    return Outage(start, start + dt.timedelta(hours=OUTAGE_HOURS))


def _harmless(deliveries: list[Delivery]) -> list[ComplaintEvent]:
    """Return events to spoil: none that gives a resident away, since what is rejected is kept whole."""
    events = [delivery.what for delivery in deliveries if isinstance(delivery.what, ComplaintEvent)]
    return [event for event in events if "身份证" not in event.text and "1990000" not in event.text]


_stream: Final = lru_cache(maxsize=2)(make_stream)
"""A run asks for the deliveries and for the truth about them."""
