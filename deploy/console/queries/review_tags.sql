-- Complaints whose estate is the least sure, of the last `days` of the data.
SELECT
    source, request_id, event_id, occurred_at, stored_at, estate_id, estate, community_id, street_id, district_id,
    city_id, problem_type, tag_confidence, title, substringUTF8(text, 1, 240) AS excerpt,
    tag_rule
FROM
(
    SELECT * FROM {bi}.feed
    WHERE kind = 'opened' AND occurred_at >= {start:DateTime64(3, 'UTC')}
    ORDER BY tag_version DESC
    LIMIT 1 BY source, request_id, event_id
)
WHERE tag_confidence < 0.7 AND estate_id != 'unplaced' AND {in_scope}
    AND (source, request_id, event_id) NOT IN
        (SELECT source, request_id, event_id FROM {bi}.review_decisions WHERE kind = 'tag' AND verdict != 'open')
ORDER BY tag_confidence, occurred_at DESC
LIMIT {rows:UInt32}
