-- How many complaints does each street have, month by month?
SELECT street, toStartOfMonth(local_date) AS month, count() AS complaints, uniqExact(reporter_hash) AS reporters
FROM bi.complaints
WHERE kind = 'opened' AND street != ''
GROUP BY street, month
ORDER BY month, complaints DESC
