-- Months of all facts whose requests are not put together yet.
SELECT groupUniqArrayArray(months) FROM
(
    SELECT groupUniqArrayArray(months) AS months
    FROM {db}.request_changes
    GROUP BY noted_at, ticket
    HAVING max(is_done) = 0
)
