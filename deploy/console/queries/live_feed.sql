-- Complaints stored since `since`, newest first; each event once. `start` bounds the months that are read.
SELECT
    source, request_id, event_id, occurred_at, stored_at, estate_id, estate, community_id, street_id, district_id,
    city_id, problem_type, tag_confidence, title, substringUTF8(text, 1, 240) AS excerpt
FROM {bi}.feed
WHERE kind = 'opened' AND occurred_at >= {start:DateTime64(3, 'UTC')} AND stored_at >= {since:DateTime64(3, 'UTC')}
    AND {in_scope}
ORDER BY stored_at DESC, occurred_at DESC, tag_version DESC, request_id
LIMIT 1 BY source, request_id, event_id
LIMIT {rows:UInt32}
