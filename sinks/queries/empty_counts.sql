-- Counts of local days of one part that its facts give no longer, as zeros: what recount_days.sql cannot write, since it
-- goes by the facts. `near` and `far`: see there.
INSERT INTO {db}.{target:Identifier} (level, unit, grain, bucket, part, version)
WITH
    near AS
    (
        SELECT event_id, source, request_id, version,
            intDiv(toUnixTimestamp64Milli(occurred_at), 1000) AS second,
            toUnixTimestamp(toStartOfDay(occurred_at, {zone:String})) AS day,
            second - second % 60 AS minute,
            minute - 60 * toMinute(occurred_at, {zone:String}) AS hour,
            [('estate', estate_id), ('community', community_id), ('street', street_id),
             ('district', district_id), ('city', city_id)] AS units
        FROM {db}.complaints FINAL
        WHERE _partition_id IN {months:Array(String)}
            AND part = {part:UInt16} AND (epoch, off) < ({epoch:UInt16}, {next:UInt64})
            AND kind IN ('opened', 'petitioned', 'closed', 'reopened')
            AND day IN {days:Array(Int64)}
    ),
    far AS
    (
        SELECT event_id, source, request_id, max(version) AS far_version
        FROM {db}.complaints
        WHERE _partition_id NOT IN {months:Array(String)}
            AND event_id IN (SELECT event_id FROM near)
        GROUP BY event_id, source, request_id
    )
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
