-- The last revision of every surge.
SELECT
    surge_id, level, unit, state, revision,
    toUnixTimestamp64Milli(opened_at), toUnixTimestamp64Milli(updated_at),
    if(cleared_at IS NULL, -1, toUnixTimestamp64Milli(assumeNotNull(cleared_at))),
    observed, reporters, requests, request_ids, children, score
FROM {db}.surges FINAL
