-- How far the tagger's probabilities can be believed: they say how many of its estates should be right, reviews say
-- how many of those looked at were. A complaint that a review has moved stands where the tagger had put it.
CREATE OR REPLACE VIEW {bi}.tag_quality {on_cluster}
(
    source String COMMENT 'Request system',
    local_date Date COMMENT 'Day of the complaints in the platform''s zone: group and filter by this',
    tag_rule String COMMENT 'Rule that tied them to an estate; empty: they name none',
    confidence_from Float64 COMMENT 'Their probability of being right lies between this and 0.1 above; 1 counts to 0.9',
    complaints UInt64 COMMENT 'Complaints tied by this rule with such a probability',
    right_expected Float64 COMMENT 'Of these, as many are right if the probabilities are',
    reviewed UInt64 COMMENT 'Of these, looked at by a person; mostly those that were not sure',
    reviewed_right UInt64 COMMENT 'Of the reviewed, at the right estate',
    reviewed_wrong UInt64 COMMENT 'Of the reviewed, at a wrong one or at one where there is none'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    toString(c.source) AS source,
    c.local_date AS local_date,
    if(c.tag_rule = 'review', d.tag_rule, toString(c.tag_rule)) AS tag_rule,
    least(floor(confidence * 10), 9) / 10 AS confidence_from,
    count() AS complaints,
    sum(if(c.tag_rule = 'review', d.tag_confidence, c.tag_confidence) AS confidence) AS right_expected,
    countIf(d.verdict IN ('right', 'other', 'none')) AS reviewed,
    countIf(d.verdict = 'right' OR d.verdict = 'other' AND d.estate_id = d.tagged_estate_id) AS reviewed_right,
    reviewed - reviewed_right AS reviewed_wrong
FROM (SELECT * FROM {db}.complaints FINAL WHERE kind = 'opened') AS c
LEFT JOIN
(
    SELECT
        source, request_id, event_id, argMax(toString(verdict), last) AS verdict, argMax(estate_id, last) AS estate_id,
        argMax(tagged_estate_id, last) AS tagged_estate_id, argMax(toString(tag_rule), last) AS tag_rule,
        argMax(tag_confidence, last) AS tag_confidence
    FROM (SELECT *, (at, decision_id) AS last FROM {db}.review_decisions FINAL WHERE kind = 'tag')
    GROUP BY source, request_id, event_id
) AS d ON d.source = c.source AND d.request_id = c.request_id AND d.event_id = c.event_id
GROUP BY source, local_date, tag_rule, confidence_from
COMMENT 'How sure the estates of complaints are, by rule, and how many of those that people looked at were right';
