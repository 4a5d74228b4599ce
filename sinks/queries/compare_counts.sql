-- Recomputes the unit counts of the local days from..to-1 from the facts and returns how many there are, and
-- those that differ from what the stream wrote. `near` and `far`: see events_of_days.sql; the counting is that of recount_days.sql.
--
-- Counts of a fine grain that are missing are no difference once they may have been dropped by their TTL: a
-- day early, since merges drop rows when they come to it.
WITH
    near AS
    (
        SELECT event_id, source, request_id, version, kind, problem_type, reporter_hash, part, inserted_at,
            intDiv(toUnixTimestamp64Milli(occurred_at), 1000) AS second,
            toInt64(toUnixTimestamp(toStartOfDay(occurred_at, {zone:String}))) AS day,
            second - second % 60 AS minute,
            minute - 60 * toMinute(occurred_at, {zone:String}) AS hour,
            [('estate', estate_id), ('community', community_id), ('street', street_id),
             ('district', district_id), ('city', city_id)] AS units
        FROM {db}.complaints FINAL
        WHERE _partition_id IN {months:Array(String)}
            AND kind IN ('opened', 'petitioned', 'closed', 'reopened')
            AND second >= {from:Int64} AND second < {to:Int64}
    ),
    far AS
    (
        SELECT event_id, source, request_id, max(version) AS far_version
        FROM {db}.complaints
        WHERE _partition_id NOT IN {months:Array(String)}
            AND (request_id, event_id) IN (SELECT request_id, event_id FROM near)
        GROUP BY event_id, source, request_id
    ),
    expected AS
    (
        SELECT
            unit.1 AS level, unit.2 AS unit_id, bucket.1 AS grain, bucket.2 AS start, part,
            toDateTime(max(inserted_at), 'UTC') AS newest,
            [countIf(kind = 'opened'), countIf(kind = 'petitioned'), countIf(kind = 'closed'),
             countIf(kind = 'reopened')] AS measures,
            mapSort(CAST(sumMapIf(map(problem_type, toUInt64(1)), kind = 'opened'), 'Map(String, UInt64)')) AS types,
            arraySlice(arraySort(groupUniqArrayIf(reporter_hash, kind = 'opened')), 1, 256) AS sketch
        FROM near
        LEFT JOIN far USING (event_id, source, request_id)
        ARRAY JOIN units AS unit
        ARRAY JOIN [('minute', minute), ('hour', hour), ('day', day)] AS bucket
        WHERE far_version <= version AND unit.2 != ''
        GROUP BY level, unit_id, grain, start, part
    ),
    counted AS
    (
        SELECT
            toString(level) AS level, unit AS unit_id, toString(grain) AS grain,
            toInt64(toUnixTimestamp64Second(bucket)) AS start, part,
            toDateTime(0, 'UTC') AS newest,
            [toUInt64(opened), toUInt64(petitioned), toUInt64(closed), toUInt64(reopened)] AS measures,
            mapSort(CAST(categories, 'Map(String, UInt64)')) AS types,
            reporters AS sketch
        FROM {db}.unit_counts FINAL
        WHERE bucket >= toDateTime64({from:Int64}, 0, 'UTC') AND bucket < toDateTime64({to:Int64}, 0, 'UTC')
            AND arraySum(measures) > 0
    )
SELECT
    count() OVER () AS compared, sum(differs) OVER () AS differing, differs,
    level, unit_id, grain, start, part, facts_say, stream_said, same_types, same_sketch
FROM
(
    SELECT
        level, unit_id, grain, start, part,
        anyIf(measures, is_fact) AS facts_say, anyIf(measures, NOT is_fact) AS stream_said,
        anyIf(types, is_fact) = anyIf(types, NOT is_fact) AS same_types,
        anyIf(sketch, is_fact) = anyIf(sketch, NOT is_fact) AS same_sketch,
        empty(stream_said) AND (
            grain = 'minute' AND max(newest) < now() - toIntervalDay({minute_days} - 1)
            OR grain = 'hour' AND max(newest) < now() - toIntervalDay({hour_days} - 1)
        ) AS may_be_dropped,
        (facts_say != stream_said OR NOT same_types OR NOT same_sketch) AND NOT may_be_dropped AS differs
    FROM
    (
        SELECT true AS is_fact, * FROM expected
        UNION ALL
        SELECT false AS is_fact, * FROM counted
    )
    GROUP BY level, unit_id, grain, start, part
)
ORDER BY differs DESC, start, level, unit_id, grain, part
LIMIT {named:UInt32}
