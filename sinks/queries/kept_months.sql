-- Months of the facts of some tickets' requests, as they have been put together so far. Without FINAL: a month too many
-- does no harm.
SELECT groupUniqArrayArray(months)
FROM {db}.requests
PREWHERE request_id IN
(
    SELECT arrayJoin(request_ids) FROM {db}.request_changes
    WHERE noted_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND ticket IN {tickets:Array(UInt64)}
)
