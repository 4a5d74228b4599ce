-- Where and why, never what: values of rejected records may name residents.
CREATE OR REPLACE VIEW {bi}.rejections {on_cluster}
(
    epoch UInt16 COMMENT 'Incarnation of the raw topic that it was read from',
    part UInt16 COMMENT 'Partition of the raw topic',
    off UInt64 COMMENT 'Offset in that partition',
    source String COMMENT 'Request system; empty: the record does not say',
    reason String COMMENT 'Why it was rejected, one of a closed set',
    rejected_at DateTime64(3, 'UTC') COMMENT 'When that was written (wall clock)',
    sent_back Bool COMMENT 'Whether it was sent back since'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT epoch, part, off, source, reason, rejected_at, state = 'retried' AS sent_back
FROM {db}.rejected FINAL
COMMENT 'Records that were rejected, by place and reason';
