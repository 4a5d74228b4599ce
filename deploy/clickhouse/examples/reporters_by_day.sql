-- How many people complain in a day? Distinct people do not add up over estates: the city's own row has them.
SELECT local_date, opened, reporters
FROM bi.unit_counts
WHERE level = 'city' AND grain = 'day'
ORDER BY local_date
