"""What happens in the city: a page for those who read reports, by the views of ClickHouse."""

from __future__ import annotations

from typing import Final

from deploy.grafana.dashboard import Dashboard, Kind, Row, of_tables

CITY: Final = Dashboard(
    uid="pulse-city",
    title="estate-pulse: city",
    since="now-30d",
    refresh="1m",
    rows=(
        Row(
            "Complaints",
            9,
            (
                of_tables(
                    "Complaints an hour",
                    Kind.LINES,
                    """
SELECT bucket AS time, sum(opened) AS complaints
FROM bi.unit_counts
WHERE level = 'city' AND grain = 'hour' AND $__timeFilter(bucket)
GROUP BY time
ORDER BY time
""",
                ),
                of_tables(
                    "Complaints a day, by street",
                    Kind.LINES,
                    """
SELECT bucket AS time, if(name = '', unit, name) AS street, sum(opened) AS complaints
FROM bi.unit_counts
WHERE level = 'street' AND grain = 'day' AND $__timeFilter(bucket)
GROUP BY time, street
ORDER BY time
""",
                ),
                of_tables(
                    "Problem types",
                    Kind.BARS,
                    """
SELECT category, sum(complaints) AS complaints
FROM bi.unit_counts
ARRAY JOIN mapKeys(categories) AS category, mapValues(categories) AS complaints
WHERE level = 'city' AND grain = 'day' AND $__timeFilter(bucket)
GROUP BY category
ORDER BY complaints DESC
""",
                ),
            ),
        ),
        Row(
            "Surges",
            10,
            (
                of_tables(
                    "Open surges, the rarest first",
                    Kind.TABLE,
                    """
SELECT name, level, opened_at, observed, round(expected, 1) AS expected, round(score, 1) AS score, reporters
FROM bi.surges
WHERE is_open
ORDER BY score DESC
LIMIT 50
""",
                ),
                of_tables(
                    "Surges a day, by level",
                    Kind.LINES,
                    """
SELECT toDateTime(opened_date) AS time, level, count() AS surges
FROM bi.surges
WHERE $__timeFilter(opened_at)
GROUP BY time, level
ORDER BY time
""",
                ),
                of_tables(
                    "Solved where they arose, by month",
                    Kind.TABLE,
                    """
SELECT month, level, solved, solved_there, share, median_minutes_to_take_up
FROM bi.ladder_shares
ORDER BY month DESC, level
LIMIT 60
""",
                    hint="Of the level estate: 问题不出小区率.",
                ),
            ),
        ),
        Row(
            "Cases of surges",
            8,
            (
                of_tables(
                    "Not solved, or come back, the latest first",
                    Kind.TABLE,
                    """
SELECT name, level, category, opened_at, case_status, requests_open, requests, relapsed_at
FROM bi.surge_cases
WHERE case_status != 'solved'
ORDER BY opened_at DESC
LIMIT 50
""",
                    hint="A surge's case is solved when all its requests are closed; relapsed: 反弹.",
                ),
                of_tables(
                    "Called not a surge, by month",
                    Kind.TABLE,
                    """
SELECT month, level, sum(surges) AS opened, sum(judged) AS people_judged, sum(not_a_surge) AS called_none
FROM bi.surge_feedback
GROUP BY month, level
ORDER BY month DESC, level
LIMIT 60
""",
                    hint="What people made of surges; `pulse calibrate --feedback` shows what it means.",
                ),
            ),
        ),
        Row(
            "Requests",
            10,
            (
                of_tables(
                    "Requests of the last 12 months, by street",
                    Kind.TABLE,
                    """
SELECT
    if(any(u.name) = '', street_id, any(u.name)) AS street,
    countIf(is_open) AS open,
    countIf(is_open AND is_overdue) AS overdue,
    round(countIf(assigned_at IS NOT NULL) / count(), 3) AS response,
    round(countIf(NOT is_open) / count(), 3) AS solution,
    round(avg(satisfaction), 3) AS satisfaction
FROM bi.requests
LEFT JOIN (SELECT id, name FROM bi.units WHERE level = 'street') AS u ON u.id = street_id
WHERE opened_at >= (SELECT max(clock) FROM bi.freshness) - INTERVAL 12 MONTH
GROUP BY street_id
ORDER BY overdue DESC
LIMIT 50
""",
                    hint="Shares of response, solution and satisfaction: 三率.",
                ),
                of_tables(
                    "Longest overdue",
                    Kind.TABLE,
                    """
SELECT source, request_id, estate, department, opened_at, due_at
FROM bi.requests
WHERE is_open AND is_overdue
ORDER BY due_at
LIMIT 50
""",
                ),
            ),
        ),
        Row(
            "Data",
            9,
            (
                of_tables(
                    "How far the data are, by part",
                    Kind.TABLE,
                    """
SELECT part, clock, stored_at, seconds_since_stored, next
FROM bi.freshness
ORDER BY part
""",
                ),
                of_tables(
                    "Quality of the last 30 days, by source",
                    Kind.TABLE,
                    """
SELECT
    source, sum(events) AS stored, sum(rejected) AS rejected, sum(unplaced) AS no_estate,
    sum(not_in_registry) AS not_in_registry, sum(unsure) AS unsure, sum(late) AS late
FROM bi.data_quality
WHERE local_date >= (SELECT toDate(max(clock)) FROM bi.freshness) - 30
GROUP BY source
ORDER BY stored DESC
""",
                ),
            ),
        ),
    ),
)
