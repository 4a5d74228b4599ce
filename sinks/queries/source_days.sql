-- Local days on which there are facts of a request system, seconds since 1970 UTC.
SELECT DISTINCT toInt64(toUnixTimestamp(toStartOfDay(occurred_at, {zone:String}))) AS day
FROM {db}.complaints
WHERE source = {source:String}
    AND occurred_at >= toDateTime64({from:Int64}, 3, 'UTC') AND occurred_at < toDateTime64({to:Int64}, 3, 'UTC')
ORDER BY day
