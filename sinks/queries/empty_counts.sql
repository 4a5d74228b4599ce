-- Counts of local days of one part that its facts give no longer, as zeros: what recount_days.sql cannot write, since it
-- goes by the facts.
INSERT INTO {db}.{target:Identifier} (level, unit, grain, bucket, part, version)
WITH
    {include:events_of_days}
SELECT level, unit, grain, bucket, part, {version:UInt64}
FROM {db}.unit_counts FINAL
WHERE part = {part:UInt16} AND version <= {version:UInt64}
    AND opened + petitioned + closed + reopened > 0
    AND bucket >= toDateTime64({from:Int64}, 0, 'UTC') AND bucket < toDateTime64({to:Int64}, 0, 'UTC')
    AND toInt64(toUnixTimestamp(toStartOfDay(bucket, {zone:String}))) IN {days:Array(Int64)}
    AND (toString(level), unit, toString(grain), toInt64(toUnixTimestamp64Second(bucket))) NOT IN
    (
        SELECT unit.1, toString(unit.2), bucket.1, toInt64(bucket.2)
        FROM near
        LEFT JOIN far USING (event_id, source, request_id)
        ARRAY JOIN units AS unit
        ARRAY JOIN [('minute', minute), ('hour', hour), ('day', toInt64(day))] AS bucket
        WHERE far_version <= version AND unit.2 != ''
    )
