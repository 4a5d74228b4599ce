-- A part's countable events below a position, since a moment, each once by its first delivery.
-- `near` and `far`: see events_of_days.sql. Everything later than `since` is near, so only earlier months are far.
WITH
    near AS
    (
        SELECT event_id, source, request_id, version, kind, problem_type, reporter_hash,
            intDiv(toUnixTimestamp64Milli(occurred_at), 1000) AS second,
            estate_id, community_id, street_id, district_id, city_id
        FROM {db}.complaints FINAL
        WHERE _partition_id >= {month:String}
            AND occurred_at >= toDateTime64({since:Int64}, 3, 'UTC')
            AND part = {part:UInt16} AND (epoch, off) < ({epoch:UInt16}, {below:UInt64})
            AND kind IN ('opened', 'petitioned', 'closed', 'reopened')
    ),
    far AS
    (
        SELECT event_id, source, request_id, max(version) AS far_version
        FROM {db}.complaints
        WHERE _partition_id < {month:String}
            AND (request_id, event_id) IN (SELECT request_id, event_id FROM near)
        GROUP BY event_id, source, request_id
    )
SELECT
    concat(source, '/', request_id, '/', event_id) AS identity, kind, second,
    estate_id, community_id, street_id, district_id, city_id, problem_type, reporter_hash
FROM near
LEFT JOIN far USING (event_id, source, request_id)
WHERE far_version <= version
