-- Opened requests below each part's position, each once by its first delivery, in the order in which they are
-- weighed. All of history: a unit's expectation comes from it.
SELECT
    concat(source, '/', request_id, '/', event_id) AS identity, request_id,
    estate_id, community_id, street_id, district_id, city_id,
    if(reporter = '', concat(source, '/', request_id), reporter), problem_type,
    toUnixTimestamp64Milli(occurred_at), toUnixTimestamp64Milli(weighed_at), source
FROM {db}.complaints FINAL
WHERE kind = 'opened'
    AND (epoch < {epoch:UInt16}
        OR (epoch = {epoch:UInt16}
            AND off < arrayElement({below:Array(UInt64)}, indexOf({parts:Array(UInt16)}, part))))
ORDER BY intDiv(toUnixTimestamp64Milli(weighed_at), 60000), occurred_at, identity
