-- What do people complain about, district by district?
SELECT district, problem_type, count() AS complaints
FROM bi.complaints
WHERE kind = 'opened' AND district != ''
GROUP BY district, problem_type
ORDER BY district, complaints DESC
