-- At which hours do people complain?
SELECT local_hour, countIf(toDayOfWeek(local_date) < 6) AS on_workdays, countIf(toDayOfWeek(local_date) > 5) AS at_weekends
FROM bi.complaints
WHERE kind = 'opened'
GROUP BY local_hour
ORDER BY local_hour
