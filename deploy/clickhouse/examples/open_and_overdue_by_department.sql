-- Who has how many requests open, and how many of them are overdue?
SELECT department, countIf(is_open) AS open, countIf(is_open AND is_overdue) AS overdue
FROM bi.requests
WHERE department != ''
GROUP BY department
ORDER BY overdue DESC, open DESC
