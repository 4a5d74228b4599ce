-- What people decided, what the tagger had said, and whether `pulse review` has put it into effect.
CREATE OR REPLACE VIEW {bi}.review_decisions {on_cluster}
(
    kind String COMMENT 'tag or name: what is decided about',
    name String COMMENT 'Of name: as messages have it; else empty',
    source String COMMENT 'Of tag: request system of the complaint; else empty',
    request_id String COMMENT 'Of tag: number of its request; else empty',
    event_id String COMMENT 'Of tag: id of its event; else empty',
    verdict String COMMENT 'Of tag: right, other (estate) or none; of name: alias, estate (a new one) or none; open: taken back',
    estate_id String COMMENT 'The estate that it is about: registry id, or ? and a name that the registry lacks; empty: none',
    tagged_estate_id String COMMENT 'Of tag: estate that the tagger had said; else empty',
    tag_rule String COMMENT 'Of tag: rule by which it had; else empty',
    tag_confidence Float64 COMMENT 'Of tag: probability that it had given, 0 to 1; else 0',
    actor String COMMENT 'Account that decided',
    role String COMMENT 'Role of the account then',
    at DateTime64(3, 'UTC') COMMENT 'When it was decided (wall clock)',
    is_applied Bool COMMENT 'Of name: the registry in force knows it; of tag: the complaint counts where the decision says, not where the tagger did'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    kind, name, source, request_id, event_id, verdict, estate_id, tagged_estate_id, tag_rule, tag_confidence, actor, role,
    at,
    if(
        kind = 'name',
        dictHas('{db}.candidates_dict', tuple(concat('?', name))),
        (source, request_id, event_id) IN
        (
            SELECT toString(source), request_id, event_id FROM {db}.complaints FINAL
            WHERE tag_rule = 'review'
                AND request_id IN (SELECT request_id FROM {db}.review_decisions WHERE kind = 'tag')
        )
    ) AS is_applied
FROM
(
    SELECT
        toString(d.kind) AS kind, name, source, request_id, event_id,
        argMax(toString(d.verdict), last) AS verdict,
        argMax(d.estate_id, last) AS estate_id,
        argMax(d.tagged_estate_id, last) AS tagged_estate_id,
        argMax(toString(d.tag_rule), last) AS tag_rule,
        argMax(d.tag_confidence, last) AS tag_confidence,
        argMax(d.actor, last) AS actor,
        argMax(toString(d.role), last) AS role,
        max(d.at) AS at
    FROM (SELECT *, (at, decision_id) AS last FROM {db}.review_decisions FINAL) AS d
    GROUP BY kind, name, source, request_id, event_id
)
COMMENT 'What was decided in reviews, the last word on each';
