-- A table beside unit_counts that its partitions can be attached from. Never replicated: it lives for one replay.
CREATE TABLE {db}.{table:Identifier} AS {db}.unit_counts
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(bucket)
ORDER BY (level, grain, unit, bucket, part)
