-- What an account decided lately and may take back, the latest first; without an account, what all have.
SELECT
    kind, name, source, request_id, event_id, verdict, estate_id, tagged_estate_id, tag_rule, tag_confidence, actor, at,
    is_applied
FROM {bi}.review_decisions
WHERE verdict != 'open' AND ({actor:String} = '' OR actor = {actor:String})
ORDER BY at DESC
LIMIT {rows:UInt32}
