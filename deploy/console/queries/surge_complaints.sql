-- The complaints that a surge consists of.
SELECT
    source, request_id, event_id, occurred_at, stored_at, estate_id, estate, community_id, street_id, district_id,
    city_id, problem_type, tag_confidence, title, substringUTF8(text, 1, 240) AS excerpt
FROM {bi}.feed
WHERE kind = 'opened' AND occurred_at >= {start:DateTime64(3, 'UTC')} AND occurred_at <= {end:DateTime64(3, 'UTC')}
    AND request_id IN {requests:Array(String)}
    AND {in_unit} AND {in_scope}
ORDER BY tag_version DESC, stored_at
LIMIT 1 BY source, request_id
LIMIT {rows:UInt32}
