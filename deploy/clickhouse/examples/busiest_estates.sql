-- Which estates have the most complaints in the last 30 days of the data?
SELECT name AS estate, sum(opened) AS complaints
FROM bi.unit_counts
WHERE level = 'estate' AND grain = 'day' AND name != ''
    AND local_date > (SELECT toDate(max(clock)) FROM bi.freshness) - 30
GROUP BY estate
ORDER BY complaints DESC
LIMIT 20
