CREATE OR REPLACE VIEW {bi}.freshness {on_cluster}
(
    part UInt16 COMMENT 'Partition of the raw topic',
    epoch UInt16 COMMENT 'Incarnation of the raw topic',
    next UInt64 COMMENT 'All records below this offset are stored',
    clock DateTime64(3, 'UTC') COMMENT 'Latest arrival among them, in event time',
    stored_at DateTime64(3, 'UTC') COMMENT 'When this was written (wall clock)',
    seconds_since_stored Int64 COMMENT 'Seconds since then; a part without traffic ages too',
    registry_version String COMMENT 'Registry in force at that point',
    requests_clock DateTime64(3, 'UTC') COMMENT 'Clock of all parts up to which requests, request_outcomes and surge_cases have taken up what is stored: the same for each part'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    part,
    argMax(p.epoch, (p.epoch, p.next)) AS epoch,
    argMax(p.next, (p.epoch, p.next)) AS next,
    fromUnixTimestamp64Milli(argMax(p.clock_ms, (p.epoch, p.next)), 'UTC') AS clock,
    argMax(p.inserted_at, (p.epoch, p.next)) AS stored_at,
    dateDiff('second', stored_at, now64(3, 'UTC')) AS seconds_since_stored,
    argMax(p.registry_version, (p.epoch, p.next)) AS registry_version,
    assumeNotNull((SELECT fromUnixTimestamp64Milli(max(clock_ms), 'UTC') FROM {db}.request_readings)) AS requests_clock
FROM {db}.progress AS p
GROUP BY part
COMMENT 'Up to where the facts of each part are stored, and when that was';
