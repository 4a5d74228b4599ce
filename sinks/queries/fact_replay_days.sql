-- Local days whose counts the changes touch, those of other deliveries of the same events included; seconds since 1970
-- UTC.
SELECT DISTINCT toInt64(toUnixTimestamp(toStartOfDay(occurred_at, {zone:String}))) AS day
FROM
(
    SELECT occurred_at FROM {db}.complaints_replay_changes
    UNION ALL
    SELECT occurred_at FROM {db}.complaints
    WHERE (request_id, event_id) IN (SELECT request_id, event_id FROM {db}.complaints_replay_changes)
)
ORDER BY day
