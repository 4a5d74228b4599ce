-- The estates with the most complaints of all time.
SELECT name, sum(opened) AS complaints
FROM {bi}.unit_counts
WHERE level = 'estate' AND grain = 'day' AND name != ''
GROUP BY name
ORDER BY complaints DESC, name
LIMIT 10
