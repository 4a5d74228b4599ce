"""What is planted: enough of it, within the totals, told in the truth file, neither trivial nor hopeless."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise

import pytest

from producers.contract import ComplaintEvent, Kind
from producers.sources.synthetic import DEFAULT_SEED, district, district_deliveries, district_truth
from producers.sources.synthetic.chance import chance_of
from producers.sources.synthetic.plan import Plan, plan_openings
from producers.sources.synthetic.rhythm import LOCAL, burst, is_daytime

SEEDS = [DEFAULT_SEED, 1, 2]
PLANS = {seed: plan_openings(seed) for seed in SEEDS}
seeds = pytest.mark.parametrize("plan", PLANS.values(), ids=map(str, PLANS))


@seeds
def test_kinds_and_sizes(plan: Plan) -> None:
    kinds = Counter(planted.kind for planted in plan.planted)
    assert kinds == {"estate": 13, "area": 1, "city": 1, "repeat": 8}
    for planted in plan.planted:
        if planted.kind == "estate":
            assert 8 <= len(planted.openings) <= 40
            assert planted.end - planted.start <= dt.timedelta(days=10)


@seeds
def test_surges_have_many_writers_and_repeats_one(plan: Plan) -> None:
    for planted in plan.planted:
        writers = {opening.reporter for opening in planted.openings}
        if planted.kind == "repeat":
            assert len(writers) == 1
        else:
            assert len(writers) > 0.7 * len(planted.openings)


@seeds
def test_single_estates_are_struck_once_and_model_estates_never(plan: Plan) -> None:
    struck = [planted.unit for planted in plan.planted if planted.level == "estate"]
    assert len(struck) == len(set(struck))
    names = {opening.estate.name for each in plan.planted for opening in each.openings if opening.estate}
    assert names.isdisjoint({"京基御景花园", "金地朗悦花园"})


@seeds
def test_nothing_planted_overlaps(plan: Plan) -> None:
    planted = sorted(plan.planted, key=lambda each: each.start)
    assert all(one.end + dt.timedelta(days=1) < other.start for one, other in pairwise(planted))


@seeds
def test_an_areas_surge_stays_below_its_street_and_on_no_single_estate(plan: Plan) -> None:
    [area] = [planted for planted in plan.planted if planted.kind == "area"]
    below = district().below(district().by_id[area.unit])
    counts = Counter(opening.estate for opening in area.openings)
    assert set(counts) <= set(below)
    assert max(counts.values()) <= 5
    assert len(counts) >= 5


@seeds
def test_the_citys_surge_is_spread_over_estates_and_some_name_none(plan: Plan) -> None:
    [city] = [planted for planted in plan.planted if planted.kind == "city"]
    counts = Counter(opening.estate.id if opening.estate else "" for opening in city.openings)
    assert counts.pop("") == 12
    assert len(counts) >= 20
    assert max(counts.values()) <= 4


@seeds
def test_a_surge_rises_well_above_what_its_estate_is_used_to(plan: Plan) -> None:
    for planted in plan.planted:
        if planted.kind == "estate":
            span = max(planted.end - planted.start, dt.timedelta(hours=1))
            month = dt.timedelta(days=30)
            usual = sum(
                opening.estate is not None
                and opening.estate.id == planted.unit
                and not opening.cause
                and abs(opening.opened_at - planted.start) < month
                for opening in plan.openings
            )
            assert len(planted.openings) > 2 * usual * span / (2 * month)


def test_the_truth_tells_of_each() -> None:
    truth, plan = district_truth(), PLANS[DEFAULT_SEED]
    assert Counter(each.kind for each in truth.surges) == {"estate": 13, "area": 1, "city": 1}
    assert Counter(each.kind for each in truth.others) == {"repeat": 8, "rise": 2, "outage": 1}
    events = Counter(opening.cause for opening in plan.openings)
    for each in truth.surges:
        assert each.events == events[each.id]
        assert each.start <= each.end
        assert each.name == district().by_id[each.unit].name


def test_no_surge_comes_before_there_is_half_a_year_of_history() -> None:
    assert min(each.start for each in district_truth().surges) > dt.datetime(2020, 7, 1, tzinfo=dt.UTC)


def test_an_outage_holds_back_what_then_arrives_at_once() -> None:
    [outage] = [each for each in district_truth().others if each.kind == "outage"]
    arrivals = [delivery.at for delivery in district_deliveries()]
    assert not any(outage.start <= at < outage.end for at in arrivals)
    soon = outage.end + dt.timedelta(minutes=10)
    assert sum(outage.end <= at < soon for at in arrivals) >= 5


def test_growth_is_smooth_but_for_what_is_planted() -> None:
    """No quarter jumps: an even ramp must not look like a surge."""
    quarters = Counter(
        (local.year, (local.month - 1) // 3)
        for opening in PLANS[DEFAULT_SEED].openings
        if not opening.cause
        for local in [opening.opened_at.astimezone(LOCAL)]
    )
    counts = [count for _, count in sorted(quarters.items())]
    assert all(0.75 < later / earlier < 1.7 for earlier, later in pairwise(counts))


def test_estates_differ_as_in_reality() -> None:
    opened = Counter(
        event.estate
        for opening in PLANS[DEFAULT_SEED].openings
        if opening.estate
        for event in [opening]
        if event.estate is not None
    )
    counts = sorted(opened.values())
    assert len(counts) == 45
    assert counts[-1] > 10 * counts[4]


def test_complaints_follow_the_day() -> None:
    hours = Counter(
        delivery.what.occurred_at.astimezone(LOCAL).hour
        for delivery in district_deliveries()
        if isinstance(delivery.what, ComplaintEvent) and delivery.what.kind is Kind.OPENED
    )
    assert hours[9] > 10 * hours[3]


def test_a_long_burst_keeps_to_the_day_and_is_dense_early() -> None:
    start = dt.datetime(2021, 5, 3, 1, tzinfo=dt.UTC)
    lasting = dt.timedelta(days=4)
    moments = burst(400, start, lasting, chance_of(7, "burst"))
    assert moments == sorted(moments)
    assert start <= moments[0] <= moments[-1] <= start + lasting
    assert sum(is_daytime(moment) for moment in moments) > 300
    assert sum(moment < start + lasting / 2 for moment in moments) > 250
