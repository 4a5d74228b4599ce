-- Records that could not be taken, kept whole, so that they can be repaired and sent again.
-- ORDER BY the record's place in the raw topic: a second reading of the rejected topic changes nothing.
-- `revision` 0 is the rejection; sending it back writes the next one. No TTL: rows are few, and each is a
-- complaint that somebody made.
CREATE TABLE IF NOT EXISTS {db}.rejected {on_cluster}
(
    epoch UInt16 COMMENT 'Incarnation of the raw topic that it was read from',
    part UInt16 COMMENT 'Partition of the raw topic',
    off UInt64 COMMENT 'Offset in that partition',
    source String COMMENT 'Request system by header ce_source, else by the body; empty: neither says. May be anything that was sent',
    reason LowCardinality(String) COMMENT 'Why: one of a closed set (streams/contract.py)',
    detail String COMMENT 'Which field, and what to do',
    record_key String COMMENT 'Key of the record, its bytes',
    value String COMMENT 'Value of the record, its bytes',
    header_names Array(String) COMMENT 'Names of the record''s headers, in their order',
    header_values Array(String) COMMENT 'Values of the headers, their bytes',
    state LowCardinality(String) COMMENT 'rejected, or retried when it was sent back',
    revision UInt32 COMMENT 'How often it was sent back; the highest holds',
    rejected_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the rejection was written (wall clock)',
    changed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this state was written (wall clock)'
)
ENGINE = {engine:ReplacingMergeTree(revision)}
ORDER BY (epoch, part, off)
COMMENT 'Rejected records with their reason; read with FINAL. Not for readers: values may name residents';
