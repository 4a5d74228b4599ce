-- Rejected records are dated by when they were rejected: what they say of themselves may be what is wrong.
CREATE OR REPLACE VIEW {bi}.data_quality {on_cluster}
(
    source String COMMENT 'Request system',
    local_date Date COMMENT 'Day in the platform''s zone: of occurrence; of rejected records, of their rejection',
    events UInt64 COMMENT 'Events stored',
    opened UInt64 COMMENT 'Complaints among them',
    unplaced UInt64 COMMENT 'Complaints that name no estate',
    not_in_registry UInt64 COMMENT 'Complaints about an estate that the registry lacks',
    unsure UInt64 COMMENT 'Complaints whose estate is right with a probability below 0.7',
    without_reporter UInt64 COMMENT 'Complaints of an unknown reporter',
    late UInt64 COMMENT 'Events that the platform was told of more than a day after they occurred',
    rejected UInt64 COMMENT 'Records rejected',
    sent_back UInt64 COMMENT 'Of these, those that were sent back since',
    rejected_by_reason Map(String, UInt64) COMMENT 'Records rejected, by reason'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    source,
    local_date,
    countIf(reason = '') AS events,
    countIf(kind = 'opened') AS opened,
    countIf(kind = 'opened' AND estate_id = 'unplaced') AS unplaced,
    countIf(kind = 'opened' AND startsWith(estate_id, '?')) AS not_in_registry,
    countIf(kind = 'opened' AND tag_confidence < 0.7 AND estate_id != 'unplaced') AS unsure,
    countIf(kind = 'opened' AND NOT has_reporter) AS without_reporter,
    countIf(is_late) AS late,
    countIf(reason != '') AS rejected,
    countIf(is_sent_back) AS sent_back,
    CAST(sumMapIf(map(reason, toUInt64(1)), reason != ''), 'Map(String, UInt64)') AS rejected_by_reason
FROM
(
    SELECT
        toString(source) AS source, local_date, toString(kind) AS kind, toString(estate_id) AS estate_id,
        tag_confidence, reporter != '' AS has_reporter, weighed_at > occurred_at + INTERVAL 1 DAY AS is_late,
        '' AS reason, false AS is_sent_back
    FROM {db}.complaints FINAL
    UNION ALL
    SELECT
        source, toDate(rejected_at, '{zone}'), '', '', 0, true, false, toString(reason), state = 'retried'
    FROM {db}.rejected FINAL
)
GROUP BY source, local_date
COMMENT 'How good the data of each source are, day by day';
