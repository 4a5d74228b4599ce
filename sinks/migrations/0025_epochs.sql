-- Incarnations of the raw topic: a broker that lost its topics starts a new one.
CREATE TABLE IF NOT EXISTS {db}.epochs {on_cluster}
(
    epoch UInt16 COMMENT 'Number of the incarnation, rising',
    parts UInt16 COMMENT 'Partitions of the raw topic in it',
    started_at DateTime64(3, 'UTC') COMMENT 'When its topics were created (wall clock)',
    reason String COMMENT 'Why it was begun',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this row was written (wall clock)'
)
ENGINE = {engine:ReplacingMergeTree(inserted_at)}
ORDER BY epoch
COMMENT 'Incarnations of the raw topic, which positions refer to';
