-- Requests by their number.
SELECT
    source, request_id, event_id, occurred_at, stored_at, estate_id, estate, community_id, street_id, district_id,
    city_id, problem_type, tag_confidence, title, substringUTF8(text, 1, 240) AS excerpt
FROM {bi}.feed
WHERE kind = 'opened' AND request_id = {request:String} AND {in_scope}
ORDER BY tag_version DESC, stored_at
LIMIT 1 BY source, request_id
LIMIT {rows:UInt32}
