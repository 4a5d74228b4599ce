"""The example district's stream: figures 4 to 8, 21 and 22 in plain Python, and a true account."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from producers.contract import ComplaintEvent, Kind, encode
from producers.sources.synthetic import (
    DEFAULT_SEED,
    Delivery,
    district,
    district_deliveries,
    district_truth,
    read_truth,
)
from producers.sources.synthetic.lifecycle import SOURCE as HOTLINE
from producers.sources.synthetic.petitions import HOUSING
from producers.sources.synthetic.petitions import SOURCE as PETITIONS
from producers.sources.synthetic.plan import model_windows, plan_openings
from producers.sources.synthetic.stream import make_stream
from streams.pipeline import Dead, read_event
from tests.district_facts import raw

SHANGHAI = ZoneInfo("Asia/Shanghai")
DELIVERIES = tuple(district_deliveries())
TRUTH = district_truth()
IDS = {row.name: row.id for row in district().delivered()}
SEEDS = [DEFAULT_SEED, 20_211_231]


def distinct(deliveries: Iterable[Delivery] = DELIVERIES) -> list[ComplaintEvent]:
    """Return each event once, by its first delivery."""
    events: dict[str, ComplaintEvent] = {}
    for delivery in deliveries:
        if isinstance(delivery.what, ComplaintEvent):
            events.setdefault(delivery.what.event_id, delivery.what)
    return list(events.values())


def local_day(event: ComplaintEvent) -> dt.date:
    return event.occurred_at.astimezone(SHANGHAI).date()


@pytest.mark.parametrize("seed", SEEDS)
def test_complaints_of_both_years_are_the_reports(seed: int) -> None:
    placed = Counter(
        opening.opened_at.astimezone(SHANGHAI).year
        for opening in plan_openings(seed).openings
        if opening.estate
    )
    assert placed == {2020: 1908, 2021: 3540}
    assert round(placed[2021] / 45) == 79
    assert round(100 * (placed[2021] / placed[2020] - 1), 2) == 85.53


def test_the_truth_counts_what_is_delivered() -> None:
    opened = Counter(local_day(event).year for event in distinct() if event.kind is Kind.OPENED)
    unplaced = TRUTH.opened[""]
    assert opened == {2020: 1908 + unplaced["2020"], 2021: 3540 + unplaced["2021"]}
    assert sum(years.get("2021", 0) for unit, years in TRUTH.opened.items() if unit) == 3540


@pytest.mark.parametrize("seed", SEEDS)
def test_petitions_are_the_reports(seed: int) -> None:
    petitions = [event for event in distinct(district_deliveries(seed)) if event.kind is Kind.PETITIONED]
    assert len(petitions) == len({event.request_id for event in petitions}) == 806
    assert sum(event.category in HOUSING for event in petitions) == 327
    assert {event.source for event in petitions} == {PETITIONS}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_model_estates_complaints_fell_by_53_percent(seed: int) -> None:
    before, after = model_windows()
    assert before.days == after.days == 352
    openings = [o for o in plan_openings(seed).openings if o.estate and o.estate.name == "京基御景花园"]
    counts = [sum(period.holds(opening.opened_at) for opening in openings) for period in (before, after)]
    assert round(100 * (counts[1] / counts[0] - 1)) == -53


def test_the_model_estates_petitions_end_with_the_founding() -> None:
    founded = district().by_id[IDS["京基御景花园"]].governance.party_branch_founded_on
    days = [
        local_day(event) for event in distinct() if event.kind is Kind.PETITIONED and "京基" in event.estate
    ]
    assert founded is not None
    assert days
    assert max(days) < founded


def test_the_quiet_estate_has_no_petition_in_four_years_on_record() -> None:
    petitions = [event for event in distinct() if event.kind is Kind.PETITIONED]
    assert {local_day(event).year for event in petitions} == {2018, 2019, 2020, 2021}
    assert all(event.estate != "金地朗悦花园" for event in petitions)


def test_the_record_reaches_over_both_whole_years() -> None:
    days = [local_day(event) for event in distinct() if event.kind is Kind.OPENED]
    assert (min(days), max(days)) == (dt.date(2020, 1, 1), dt.date(2021, 12, 31))
    assert max(map(local_day, distinct())) == dt.date(2021, 12, 31)


def test_some_complaints_change_their_year_with_the_zone() -> None:
    """So that whoever counts by UTC gets other totals."""
    opened = [event for event in distinct() if event.kind is Kind.OPENED]
    assert any(event.occurred_at.year != local_day(event).year for event in opened)


def test_published_is_stored_and_duplicates_and_rejected() -> None:
    published = Counter(delivery.what.source for delivery in DELIVERIES)
    assert set(TRUTH.sources) == {HOTLINE, PETITIONS}
    for source, account in TRUTH.sources.items():
        assert account.published == published[source]
        assert account.published == account.stored + account.duplicates + account.rejected
        assert account.stored == sum(event.source == source for event in distinct())
        assert account.late > 0
    assert sum(TRUTH.rejected.values()) == sum(account.rejected for account in TRUTH.sources.values()) == 72


def test_a_seed_gives_one_stream_and_another_seed_another() -> None:
    records = [delivery.record() for delivery in make_stream(DEFAULT_SEED).deliveries]
    assert records == [delivery.record() for delivery in DELIVERIES]
    others = [delivery.record() for delivery in district_deliveries(SEEDS[1])]
    assert {record.value for record in records}.isdisjoint(record.value for record in others)


def test_the_truth_file_is_read_as_it_was_written() -> None:
    assert read_truth(TRUTH.to_json()) == TRUTH


def test_deliveries_are_in_order_of_arrival() -> None:
    assert all(one.at <= other.at for one, other in pairwise(DELIVERIES))
    assert all(delivery.record().arrived_at == delivery.at for delivery in DELIVERIES[::97])


def test_a_repeat_is_the_same_byte_for_byte_and_never_first() -> None:
    seen: dict[str, bytes] = {}
    for delivery in DELIVERIES:
        if isinstance(delivery.what, ComplaintEvent):
            assert delivery.is_repeat == (delivery.what.event_id in seen)
            value = encode(delivery.what)
            assert seen.setdefault(delivery.what.event_id, value) == value


def test_nothing_arrives_before_it_happens_and_some_comes_days_late() -> None:
    waits = [event.arrived_at - event.occurred_at for event in distinct() if event.arrived_at]
    assert len(waits) == len(distinct())
    assert min(waits) > dt.timedelta()
    assert max(waits) > dt.timedelta(days=2)
    assert 0.03 < sum(wait > dt.timedelta(hours=1) for wait in waits) / len(waits) < 0.07


def test_lives_are_told_in_order_and_repeat_what_ties_them_to_an_estate() -> None:
    lives: dict[str, list[ComplaintEvent]] = defaultdict(list)
    for event in distinct():
        lives[event.request_id].append(event)
    for life in lives.values():
        life.sort(key=lambda event: int(event.event_id.rsplit("-", 1)[1]))
        assert [event.occurred_at for event in life] == sorted(event.occurred_at for event in life)
        assert life[0].kind in (Kind.OPENED, Kind.PETITIONED)
        assert len({(e.title, e.text, e.address, e.estate, e.lon, e.lat, e.reporter) for e in life}) == 1


def test_every_kind_of_happening_occurs() -> None:
    counts = Counter(event.kind for event in distinct())
    assert set(counts) == set(Kind)
    assert all(count > 100 for count in counts.values())
    rated = [event.satisfaction for event in distinct() if event.kind is Kind.RATED]
    assert {0.0, 0.25, 0.5, 0.75, 1.0} == set(rated)
    assert any(
        event.due_at and event.kind is Kind.CLOSED and event.occurred_at > event.due_at
        for event in distinct()
    )


def test_a_malformed_record_is_rejected_for_its_reason() -> None:
    """By the intake's own reading, and nothing else in the stream is."""
    reasons: Counter[str] = Counter()
    for delivery in DELIVERIES:
        try:
            read_event(raw(delivery.record()), 0)
        except Dead as dead:
            reasons[dead.reason.value] += 1
            assert not isinstance(delivery.what, ComplaintEvent)
        else:
            assert isinstance(delivery.what, ComplaintEvent)
    assert reasons == TRUTH.rejected
