-- Names that messages use for estates which the registry lacks, the most used first.
SELECT
    substring(estate_id, 2) AS name, count() AS complaints, max(occurred_at) AS latest,
    topK(3)(title) AS titles, max(tag_confidence) AS confidence
FROM
(
    SELECT * FROM {bi}.feed
    WHERE kind = 'opened' AND occurred_at >= {start:DateTime64(3, 'UTC')}
    ORDER BY tag_version DESC
    LIMIT 1 BY source, request_id, event_id
)
WHERE startsWith(estate_id, '?') AND {in_scope}
    AND substring(estate_id, 2) NOT IN (SELECT name FROM {bi}.review_decisions WHERE kind = 'name' AND verdict != 'open')
GROUP BY estate_id
ORDER BY complaints DESC, name
LIMIT {rows:UInt32}
