-- How long does it take until a request is closed? Median and the slowest tenth, in days.
SELECT
    problem_type, count() AS closed,
    quantileExact(0.5)(assumeNotNull(seconds_to_close)) / 86400 AS median_days,
    quantileExact(0.9)(assumeNotNull(seconds_to_close)) / 86400 AS slowest_tenth_days
FROM bi.requests
WHERE seconds_to_close IS NOT NULL
GROUP BY problem_type
ORDER BY closed DESC
