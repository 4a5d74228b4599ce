-- Up to where each part's facts are stored: written after the facts that it covers, never before.
-- Codecs: one row a batch, a second apart; deltas keep a year of them near 1 GB. No TTL: the newest row of an
-- idle part must stay.
CREATE TABLE IF NOT EXISTS {db}.progress {on_cluster}
(
    epoch UInt16 COMMENT 'Incarnation of the raw topic',
    part UInt16 COMMENT 'Partition of the raw topic',
    next UInt64 CODEC(Delta, ZSTD) COMMENT 'All records below this offset have been dealt with, and their facts are stored',
    clock_ms Int64 CODEC(Delta, ZSTD) COMMENT 'Clock of the part: latest arrival seen below next, ms since 1970 UTC',
    registry_version LowCardinality(String) COMMENT 'Registry in force at next',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(Delta, ZSTD) COMMENT 'When this row was written (wall clock)'
)
ENGINE = {engine:ReplacingMergeTree}
ORDER BY (epoch, part, next)
COMMENT 'Positions up to which the facts of each part are stored';
