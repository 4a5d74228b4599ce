-- What happened at each unit in each minute, hour and day, as the streams counted it: one row a part.
-- Upserts: the row of the highest version holds the whole figure of its part (epoch * 2^40 + next), so writing
-- it again changes nothing. A unit's figure is the sum over its parts; distinct reporters are the union of the
-- sketches.
-- ORDER BY level, grain, unit, bucket: a dashboard asks for one unit's line over time, or for the days of all
-- estates: minutes and hours, which are most rows, lie apart.
-- PARTITION BY year: an insert of many years' history stays far below 100 partitions (hazard 30), and a bucket
-- always lies in the same one, so all versions of a key do merge.
-- A map of plain words: words of low cardinality in a map are merged one by one, which took half of all that
-- ClickHouse did with a count.
-- Large merges go column by column: maps and arrays are copied in half the time.
-- TTL by inserted_at (wall clock), not by bucket: history that is replayed years later would vanish as it
-- lands. The fine grains go, days stay for ever; r_retention.sql follows the settings.
CREATE TABLE IF NOT EXISTS {db}.unit_counts {on_cluster}
(
    level LowCardinality(String) COMMENT 'estate, community, street, district or city',
    unit String COMMENT 'Id of the unit; at level estate also ? and a name that the registry lacks, or unplaced',
    grain LowCardinality(String) COMMENT 'Width of the bucket: minute, hour or day',
    bucket DateTime64(0, 'UTC') COMMENT 'Start of the bucket by occurred_at; of a day the midnight in the platform''s zone',
    part UInt16 COMMENT 'Partition of the raw topic whose events these are',
    opened UInt32 COMMENT 'Requests opened: the complaints',
    petitioned UInt32 COMMENT 'Requests that became petitions',
    closed UInt32 COMMENT 'Requests closed',
    reopened UInt32 COMMENT 'Requests reopened',
    categories Map(String, UInt32) COMMENT 'Opened requests by problem type',
    reporters Array(UInt64) COMMENT 'Distinct reporters of opened requests: the 256 smallest of their hashes, ascending (all of them, if fewer)',
    version UInt64 COMMENT 'epoch * 2^40 + next: the figures are those of the part''s log below next; the highest holds',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this row was written (wall clock)'
)
ENGINE = {engine:ReplacingMergeTree(version)}
PARTITION BY toYear(bucket)
ORDER BY (level, grain, unit, bucket, part)
SETTINGS vertical_merge_algorithm_min_columns_to_activate = 1
COMMENT 'Counts by unit, bucket and part; read with FINAL and sum over parts, or the view unit_counts of the database for BI';
