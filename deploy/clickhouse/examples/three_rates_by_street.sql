-- Response, solution and satisfaction (三率) by street and year.
SELECT
    street_id, year, count() AS requests,
    countIf(is_answered) / nullIf(count(is_answered), 0) AS response_rate,
    countIf(is_solved) / nullIf(count(is_solved), 0) AS solution_rate,
    countIf(is_satisfied) / nullIf(count(is_satisfied), 0) AS satisfaction_rate
FROM bi.request_outcomes
GROUP BY street_id, year
ORDER BY year, street_id
