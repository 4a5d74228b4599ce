"""Charts: buckets in the platform's zone, their expectation, and where they are drawn."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.console.charts import HEIGHT, WIDTH, Bucket, Span, draw
from deploy.console.rows import CountRow
from deploy.console.series import DAY, HOUR, Grain, Series

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 5, 29, 9, 30, tzinfo=dt.UTC)
LONG_AGO = dt.date(2020, 1, 1)


MOMENTS = st.integers(946_684_800, 2_208_988_800).map(
    lambda second: dt.datetime.fromtimestamp(second, dt.UTC)
)
"""From 2000 to 2040."""


def counted(bucket: dt.datetime, opened: int) -> CountRow:
    return CountRow(bucket, opened, 0, 0, opened)


def test_hours_are_expected_as_in_the_four_weeks_before() -> None:
    series = Series(SHANGHAI, LONG_AGO)
    start, end = series.reach(Grain.HOUR, NOW)
    last = NOW.replace(minute=0)
    past = [counted(last - (3 + back) * DAY, 2) for back in range(28)]
    assert all(start <= row.bucket < end for row in past)
    buckets = series.buckets(Grain.HOUR, [*past, counted(last, 7)], NOW)
    assert len(buckets) == 72
    assert (buckets[-1].count, buckets[-1].expected, buckets[-1].high) == (7, 2, 5)
    assert buckets[-2].expected == 0 and buckets[-1].label == "2026-05-29 17:00"


def test_days_are_expected_as_the_same_weekday_before() -> None:
    series = Series(SHANGHAI, LONG_AGO)
    today = dt.datetime(2026, 5, 28, 16, tzinfo=dt.UTC)  # midnight in Shanghai
    rows = [counted(today - week * 7 * DAY, 4 * week) for week in range(5)]
    last = series.buckets(Grain.DAY, rows, NOW)[-1]
    assert (last.label, last.count, last.expected) == ("2026-05-29", 0, 10)


def test_what_lies_before_the_first_event_is_not_expected_to_be_nothing() -> None:
    buckets = Series(SHANGHAI, NOW.date() - 10 * DAY).buckets(Grain.DAY, [], NOW)
    known = [bucket.label for bucket in buckets if bucket.expected is not None]
    assert known == [f"2026-05-{day}" for day in (26, 27, 28, 29)]
    assert all(month.expected is None for month in Series(SHANGHAI, NOW.date()).buckets(Grain.MONTH, [], NOW))


def test_months_hold_their_days_and_look_a_year_back() -> None:
    midnights = [dt.datetime(2025, 5, day, tzinfo=SHANGHAI).astimezone(dt.UTC) for day in (1, 31)]
    rows = [*(counted(each, 3) for each in midnights), counted(midnights[1] + DAY, 9)]
    buckets = {bucket.label: bucket for bucket in Series(SHANGHAI, LONG_AGO).buckets(Grain.MONTH, rows, NOW)}
    assert len(buckets) == 36
    assert (buckets["2025-05"].count, buckets["2025-06"].count) == (6, 9)
    may = buckets["2026-05"]
    assert (may.low, may.expected, may.high) == (2, 6, 13)
    assert (buckets["2025-05"].low, buckets["2025-05"].high) == (None, None), "2024 is not known"


@settings(deadline=None)
@given(MOMENTS)
def test_buckets_follow_each_other_also_when_the_clock_is_changed(now: dt.datetime) -> None:
    series = Series(BERLIN, LONG_AGO)
    for grain in Grain:
        buckets = series.buckets(grain, [], now)
        start, end = series.reach(grain, now)
        assert all(one.end == two.start for one, two in pairwise(buckets))
        assert start <= buckets[0].start and buckets[-1].start <= now < buckets[-1].end
        assert now < end
        assert all(bucket.end - bucket.start == HOUR for bucket in buckets) or grain is not Grain.HOUR


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.floats(0, 1e6)), min_size=1, max_size=100),
    st.integers(-50, 150),
)
def test_everything_is_drawn_within_the_plane(counts: list[tuple[int, float]], at: int) -> None:
    buckets = [
        Bucket(NOW + place * HOUR, NOW + (place + 1) * HOUR, "", "", count, high / 2, high * 0.7, high)
        for place, (count, high) in enumerate(counts)
    ]
    chart = draw(buckets, [Span(NOW + at * HOUR, NOW + (at + 5) * HOUR, "a surge")])
    for bar in (*chart.bars, *chart.spans):
        assert bar.x >= -0.1 and bar.x + bar.width <= WIDTH + 3.1
        assert bar.y >= -0.1 and bar.y + bar.height <= HEIGHT + 0.1
    assert len(chart.spans) == (-5 < at < len(counts))
    ranked = sorted(zip(counts, chart.bars, strict=True), key=lambda pair: pair[0][0])
    heights = [bar.height for _, bar in ranked]
    assert heights == sorted(heights)
    assert [bar.is_high for bar in chart.bars] == [count > high and count > 2 for count, high in counts]
