-- A table beside the facts that its partitions can be attached from. Never replicated: it lives for one replay.
CREATE TABLE {db}.{table:Identifier} AS {db}.complaints
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(occurred_at)
PRIMARY KEY request_id
ORDER BY (request_id, source, event_id)
