-- Every stored event as it stands in the tables, deliveries that other months hold included.
SELECT
    concat(source, '/', request_id, '/', event_id), part, off, kind,
    toUnixTimestamp64Milli(occurred_at), toUnixTimestamp64Milli(weighed_at),
    estate_id, community_id, street_id, district_id, city_id, problem_type, reporter, title, text
FROM {db}.complaints FINAL
WHERE epoch = {epoch:UInt16}
