CREATE OR REPLACE VIEW {bi}.review_decisions {on_cluster}
(
    kind String COMMENT 'tag or name: what is decided about',
    name String COMMENT 'Of name: as messages have it; else empty',
    source String COMMENT 'Of tag: request system of the complaint; else empty',
    request_id String COMMENT 'Of tag: number of its request; else empty',
    event_id String COMMENT 'Of tag: id of its event; else empty',
    verdict String COMMENT 'Of tag: right, other (estate) or none; of name: alias, estate (a new one) or none; open: taken back',
    estate_id String COMMENT 'The estate that it is about: registry id, or ? and a name that the registry lacks; empty: none',
    actor String COMMENT 'Account that decided',
    role String COMMENT 'Role of the account then',
    at DateTime64(3, 'UTC') COMMENT 'When it was decided (wall clock)'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    kind, name, source, request_id, event_id,
    argMax(d.verdict, last) AS verdict,
    argMax(d.estate_id, last) AS estate_id,
    argMax(d.actor, last) AS actor,
    argMax(d.role, last) AS role,
    max(d.at) AS at
FROM (SELECT *, (at, decision_id) AS last FROM {db}.review_decisions FINAL) AS d
GROUP BY kind, name, source, request_id, event_id
COMMENT 'What was decided in reviews, the last word on each';
