-- What the streams would have counted of some local days' facts: by unit, bucket and part. Minutes only where they
-- are recent enough not to have been deleted.
INSERT INTO {db}.unit_counts
    (level, unit, grain, bucket, part, opened, petitioned, closed, reopened, categories, reporters, version)
SELECT
    place.1 AS level, place.2 AS unit, grain,
    multiIf(
        grain = 'day', toDateTime64(toDateTime(local_date, '{zone}'), 0, 'UTC'),
        grain = 'hour', toDateTime64(toStartOfHour(occurred_at), 0, 'UTC'),
        toDateTime64(toStartOfMinute(occurred_at), 0, 'UTC')) AS bucket,
    part,
    countIf(kind = 'opened'), countIf(kind = 'petitioned'), countIf(kind = 'closed'), countIf(kind = 'reopened'),
    CAST(sumMapIf([toString(problem_type)], [toUInt32(1)], kind = 'opened'), 'Map(String, UInt32)'),
    arraySlice(arraySort(groupUniqArrayIf(reporter_hash, kind = 'opened')), 1, 256),
    1
FROM {db}.complaints
ARRAY JOIN
    arrayFilter(each -> each.2 != '', [
        ('estate', toString(estate_id)), ('community', toString(community_id)), ('street', toString(street_id)),
        ('district', toString(district_id)), ('city', toString(city_id))]) AS place
ARRAY JOIN if({minutes:Bool}, ['day', 'hour', 'minute'], ['day', 'hour']) AS grain
WHERE local_date >= {begin:Date} AND local_date < {end:Date}
    AND occurred_at >= {begin:Date} - INTERVAL 1 DAY AND occurred_at < {end:Date} + INTERVAL 1 DAY
    AND kind IN ('opened', 'petitioned', 'closed', 'reopened')
GROUP BY level, unit, grain, bucket, part
