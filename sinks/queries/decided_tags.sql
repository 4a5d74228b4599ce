-- Complaints that do not count where a review has decided, with the events of their requests that go with them: all
-- that count at the same estate. Of what was taken back, the estate is the tagger's again.
WITH
    decided AS
    (
        SELECT
            source, request_id, event_id,
            multiIf(verdict = 'none', 'unplaced', verdict = 'open', tagged_estate_id, estate_id) AS estate_id,
            if(verdict = 'open', tag_rule, 'review') AS rule,
            if(verdict = 'open', tag_confidence, 1) AS confidence
        FROM {bi}.review_decisions
        WHERE kind = 'tag' AND (verdict IN ('other', 'none') OR (verdict = 'open' AND is_applied))
    ),
    wrong AS
    (
        SELECT d.source AS source, d.request_id AS request_id, toString(c.estate_id) AS counts_at,
            d.estate_id AS estate_id, d.rule AS rule, d.confidence AS confidence
        FROM (SELECT * FROM {db}.complaints FINAL WHERE request_id IN (SELECT request_id FROM decided)) AS c
        JOIN decided AS d ON d.source = c.source AND d.request_id = c.request_id AND d.event_id = c.event_id
        WHERE c.estate_id != d.estate_id
    )
SELECT
    w.source, w.request_id, w.counts_at, w.estate_id, any(w.rule), any(w.confidence), any(e.part),
    max(toInt64(toUnixTimestamp(toStartOfDay(e.occurred_at, {zone:String})))),
    w.estate_id IN ('unplaced') OR startsWith(w.estate_id, '?')
        OR dictHas('{db}.units_dict', ('estate', w.estate_id))
FROM (SELECT * FROM {db}.complaints FINAL WHERE request_id IN (SELECT request_id FROM wrong)) AS e
JOIN wrong AS w ON w.source = e.source AND w.request_id = e.request_id AND w.counts_at = e.estate_id
GROUP BY w.source, w.request_id, w.counts_at, w.estate_id
ORDER BY w.source, w.request_id
