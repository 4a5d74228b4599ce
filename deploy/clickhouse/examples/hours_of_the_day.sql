-- At which hours do people complain? From the counts by hour, as far back as these are kept.
SELECT
    local_hour, sumIf(opened, toDayOfWeek(local_date) < 6) AS on_workdays,
    sumIf(opened, toDayOfWeek(local_date) > 5) AS at_weekends
FROM bi.unit_counts
WHERE level = 'city' AND grain = 'hour'
GROUP BY local_hour
ORDER BY local_hour
