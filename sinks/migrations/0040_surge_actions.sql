-- What people (and the ladder) did about a surge: append-only, never changed. It is the audit, and the state of
-- a surge as people see it is read from it: acknowledged, silenced, not a surge, resolved, raised.
-- ReplacingMergeTree by action_id: an insert whose reply was lost is sent again as it was, and counts once.
-- ORDER BY surge_id first: a surge's page asks for its own.
-- No partitions and no TTL: they are few, and they say who answered for what.
CREATE TABLE IF NOT EXISTS {db}.surge_actions {on_cluster}
(
    action_id UUID COMMENT 'Drawn by whoever acts: sending it again changes nothing',
    surge_id String COMMENT 'The surge that it is about',
    action LowCardinality(String) COMMENT 'acknowledge, silence, not_a_surge, resolve or raise',
    actor String COMMENT 'Account that acted; ladder: the platform itself',
    role LowCardinality(String) COMMENT 'Role of the account then: viewer, operator, administrator; empty: the platform itself',
    level LowCardinality(String) COMMENT 'Of raise: the level that it was raised to; else empty',
    reason String COMMENT 'Why, in the words of who acted',
    until Nullable(DateTime64(3, 'UTC')) COMMENT 'Of silence: when it ends (wall clock); else NULL',
    at DateTime64(3, 'UTC') COMMENT 'When it was done (wall clock)',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this row was written (wall clock)'
)
ENGINE = {engine:ReplacingMergeTree}
ORDER BY (surge_id, action_id)
COMMENT 'Actions on surges, one row each; read with FINAL';
