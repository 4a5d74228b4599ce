-- How many inserts of facts before a moment (ms since 1970 UTC) have requests that are not put together yet.
SELECT count() FROM
(
    SELECT noted_at, ticket
    FROM {db}.request_changes
    WHERE noted_at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
    GROUP BY noted_at, ticket
    HAVING max(is_done) = 0
)
