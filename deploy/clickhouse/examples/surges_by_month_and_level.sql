-- How many surges were there, and how grave was the gravest?
SELECT toStartOfMonth(opened_date) AS month, level, count() AS surges, countIf(is_open) AS still_open, max(score) AS gravest
FROM bi.surges
GROUP BY month, level
ORDER BY month, level
