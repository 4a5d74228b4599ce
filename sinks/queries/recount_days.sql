-- Counts local days of one part anew from its facts, as the stream would have: each event once, by its first
-- delivery, in the minute (UTC), the clock hour and the day (local) of occurred_at, at each unit of its path.
INSERT INTO {db}.{target:Identifier}
    (level, unit, grain, bucket, part, opened, petitioned, closed, reopened, categories, reporters, version)
WITH
    {include:events_of_days}
SELECT
    unit.1 AS level,
    unit.2 AS unit_id,
    bucket.1 AS grain,
    toDateTime64(bucket.2, 0, 'UTC') AS start,
    {part:UInt16} AS part,
    countIf(kind = 'opened'),
    countIf(kind = 'petitioned'),
    countIf(kind = 'closed'),
    countIf(kind = 'reopened'),
    CAST(sumMapIf(map(problem_type, toUInt32(1)), kind = 'opened'), 'Map(String, UInt32)'),
    arraySlice(arraySort(groupUniqArrayIf(reporter_hash, kind = 'opened')), 1, 256),
    {version:UInt64}
FROM near
LEFT JOIN far USING (event_id, source, request_id)
ARRAY JOIN units AS unit
ARRAY JOIN [('minute', minute), ('hour', hour), ('day', toInt64(day))] AS bucket
WHERE far_version <= version AND unit.2 != ''
GROUP BY level, unit_id, grain, start
