-- How a unit's requests stand, and how they were dealt with in the last year of its data.
SELECT
    countIf(is_open) AS open, countIf(is_open AND is_overdue) AS overdue,
    countIf(recent) AS opened, countIf(recent AND assigned_at IS NOT NULL) AS assigned,
    countIf(recent AND NOT is_open) AS closed, countIf(recent AND NOT is_open AND is_overdue) AS closed_late,
    countIf(recent AND reopened > 0) AS reopened, countIf(recent AND satisfaction IS NOT NULL) AS rated,
    ifNull(avgIf(satisfaction, recent AND satisfaction IS NOT NULL), 0) AS mean_satisfaction,
    ifNull(quantileIf(0.5)(seconds_to_close, recent AND NOT is_open AND seconds_to_close IS NOT NULL) / 3600, 0) AS hours_to_close
FROM
(
    SELECT *, ifNull(opened_at >= {start:DateTime64(3, 'UTC')}, false) AS recent
    FROM {bi}.requests
    WHERE {may_be_of_unit} AND {in_unit} AND {in_scope}
)
