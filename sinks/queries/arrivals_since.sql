-- As arrivals.sql, of those alone that were weighed at or after a moment. No FINAL, which would read all of history:
-- what is weighed later lies in the months since `occurred` (older events are ignored when weighed), and of an event's
-- deliveries those since the moment are told apart here. One that was delivered before as well comes again; who
-- weighed that knows its id.
SELECT
    concat(source, '/', request_id, '/', event_id) AS identity, request_id,
    estate_id, community_id, street_id, district_id, city_id,
    if(reporter = '', concat(source, '/', request_id), reporter), problem_type,
    toUnixTimestamp64Milli(occurred_at), toUnixTimestamp64Milli(weighed_at), source
FROM
(
    SELECT
        source, request_id, event_id, kind, occurred_at, weighed_at, reporter, problem_type,
        estate_id, community_id, street_id, district_id, city_id
    FROM {db}.complaints
    WHERE occurred_at >= fromUnixTimestamp64Milli({occurred:Int64}, 'UTC')
        AND weighed_at >= fromUnixTimestamp64Milli({weighed:Int64}, 'UTC')
        AND (epoch < {epoch:UInt16}
            OR (epoch = {epoch:UInt16}
                AND off < arrayElement({below:Array(UInt64)}, indexOf({parts:Array(UInt16)}, part))))
    ORDER BY version DESC
    LIMIT 1 BY event_id, source, request_id
)
WHERE kind = 'opened'
ORDER BY intDiv(toUnixTimestamp64Milli(weighed_at), 60000), occurred_at, identity
