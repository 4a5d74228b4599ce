-- What people decided about tags that are not sure and about names that the registry lacks: append-only, never
-- changed; of several decisions on the same the last holds. `pulse registry` takes names from it, and those who
-- fit the tagger take labels.
-- ReplacingMergeTree by decision_id: an insert whose reply was lost is sent again as it was, and counts once.
-- No partitions and no TTL: they are few, and they say who answered for what.
CREATE TABLE IF NOT EXISTS {db}.review_decisions {on_cluster}
(
    decision_id UUID COMMENT 'Drawn by whoever decides: sending it again changes nothing',
    kind LowCardinality(String) COMMENT 'tag or name: what is decided about',
    name String COMMENT 'Of name: as messages have it; else empty',
    source String COMMENT 'Of tag: request system of the complaint; else empty',
    request_id String COMMENT 'Of tag: number of its request; else empty',
    event_id String COMMENT 'Of tag: id of its event; else empty',
    verdict LowCardinality(String) COMMENT 'Of tag: right, other (estate) or none; of name: alias, estate (a new one) or none; open: taken back',
    estate_id String COMMENT 'The estate that it is about: registry id, or ? and a name that the registry lacks; empty: none',
    actor String COMMENT 'Account that decided',
    role LowCardinality(String) COMMENT 'Role of the account then',
    at DateTime64(3, 'UTC') COMMENT 'When it was decided (wall clock)',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this row was written (wall clock)'
)
ENGINE = {engine:ReplacingMergeTree}
ORDER BY (kind, name, source, request_id, event_id, decision_id)
COMMENT 'Decisions of reviews, one row each; read with FINAL';
