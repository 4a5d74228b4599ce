-- Tickets whose requests are not put together yet, the oldest first: when each was written, of how many requests it is,
-- and how old it is in ms.
SELECT
    toUnixTimestamp64Milli(noted_at),
    ticket,
    max(length(request_ids)),
    dateDiff('millisecond', noted_at, now64(3, 'UTC'))
FROM {db}.request_changes
GROUP BY noted_at, ticket
HAVING max(is_done) = 0
ORDER BY noted_at
LIMIT {tickets:UInt32}
