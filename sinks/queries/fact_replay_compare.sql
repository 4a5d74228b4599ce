-- Of a month of facts that were read from the log again, those that are missing, or that the tagger says otherwise of.
-- - The first delivery of an event holds. Where a later one stands, the first is missing; where an earlier one stands,
--   what was read is a repeat of it.
-- - What the tagger says otherwise takes the next tag version, at the place in the log where it stood.
-- - When an event is weighed is a matter of the log: what stands, stays.
-- - What people decided stays (`review`, and every request that a decision is about).
INSERT INTO {db}.complaints_replay_changes (* EXCEPT (local_date, other_estate_ids, version, inserted_at))
SELECT n.* EXCEPT (local_date, other_estate_ids, version, inserted_at) REPLACE
(
    if(o.is_stored AND o.off = n.off AND o.epoch = n.epoch, o.weighed_at, n.weighed_at) AS weighed_at,
    if(o.is_stored AND o.off = n.off AND o.epoch = n.epoch, o.tag_version + 1, o.tag_version) AS tag_version
)
FROM (SELECT * FROM {db}.complaints_replay FINAL WHERE _partition_id = {month:String}) AS n
LEFT JOIN
(
    SELECT source, request_id, event_id, true AS is_stored, epoch, part, off, weighed_at, tag_version, tag_rule,
        occurred_at, cityHash64(
            estate_id, community_id, street_id, district_id, city_id, tag_name, tag_surface, tag_rule, tag_evidence,
            tag_confidence, other_tags, problem_type, problem_confidence, title, text, address
        ) AS said
    FROM {db}.complaints FINAL
    WHERE (request_id, event_id) IN
        (SELECT request_id, event_id FROM {db}.complaints_replay WHERE _partition_id = {month:String})
) AS o ON n.source = o.source AND n.request_id = o.request_id AND n.event_id = o.event_id
WHERE NOT o.is_stored
    OR
    (
        o.tag_rule != 'review'
        AND (n.source, n.request_id) NOT IN
            (SELECT source, request_id FROM {bi}.review_decisions WHERE kind = 'tag' AND verdict != 'open')
        AND toInt64(toUnixTimestamp(o.occurred_at))
            < transform(o.part, {parts:Array(UInt16)}, {horizons:Array(Int64)}, toInt64(9223372036854775807))
        AND
        (
            (n.epoch, n.off) < (o.epoch, o.off)
            OR
            (
                (n.epoch, n.off) = (o.epoch, o.off)
                AND o.tag_version < 255
                AND o.said != cityHash64(
                    n.estate_id, n.community_id, n.street_id, n.district_id, n.city_id, n.tag_name, n.tag_surface,
                    n.tag_rule, n.tag_evidence, n.tag_confidence, n.other_tags, n.problem_type, n.problem_confidence,
                    n.title, n.text, n.address
                )
            )
        )
    )
