-- Which cases are not solved, or came back? The latest first.
SELECT name, level, category, opened_at, case_status, requests, requests_open, solved_at, relapsed_at, relapse_of
FROM bi.surge_cases
WHERE case_status != 'solved'
ORDER BY opened_at DESC
LIMIT 100
