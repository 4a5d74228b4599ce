-- What do people complain about, district by district?
SELECT name AS district, problem_type, sum(opened_of_type) AS complaints
FROM bi.unit_counts
ARRAY JOIN mapKeys(categories) AS problem_type, mapValues(categories) AS opened_of_type
WHERE level = 'district' AND grain = 'day' AND name != ''
GROUP BY district, problem_type
ORDER BY district, complaints DESC
