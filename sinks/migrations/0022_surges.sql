-- Episodes in which a unit has more complaints than its history explains; the highest revision holds.
-- No partitions and no TTL: there are few of them, and they are the platform's findings.
CREATE TABLE IF NOT EXISTS {db}.surges {on_cluster}
(
    surge_id String COMMENT 'Id of the episode, made of unit and opening event: a replay finds the same',
    level LowCardinality(String) COMMENT 'Level of the unit: estate, community, street, district or city',
    unit String COMMENT 'Id of the unit',
    estate_id String COMMENT 'The estate; empty for areas',
    community_id String COMMENT 'The community that it is or lies in; empty: none',
    street_id String COMMENT 'The street that it is or lies in; empty: none',
    district_id String COMMENT 'The district that it is or lies in; empty: none',
    city_id String COMMENT 'The city that it is or lies in',
    state LowCardinality(String) COMMENT 'open or cleared',
    revision UInt32 COMMENT 'Rises with each change of the episode; the highest holds',
    opened_at DateTime64(3, 'UTC') COMMENT 'When it was decided, in event time',
    updated_at DateTime64(3, 'UTC') COMMENT 'When it last changed, in event time',
    cleared_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it ended, in event time; NULL: still open',
    window_start DateTime64(3, 'UTC') COMMENT 'Start of the window that decided',
    window_end DateTime64(3, 'UTC') COMMENT 'End of the window that decided, not part of it',
    observed UInt32 COMMENT 'Distinct reporters'' requests in the window',
    expected Float64 COMMENT 'What the window would hold without a surge',
    expected_low Float64 COMMENT 'Low end of the central 90% of that',
    expected_high Float64 COMMENT 'High end of the central 90% of that',
    score Float64 COMMENT 'log10 of the recurrence interval: 5 = once in 100,000 unit-days',
    reporters UInt32 COMMENT 'Distinct reporters in the window',
    requests UInt32 COMMENT 'All requests in the window, repeats of one reporter included',
    categories Map(LowCardinality(String), UInt32) COMMENT 'Requests by problem type',
    request_ids Array(String) COMMENT 'The requests that it consists of',
    children Array(String) COMMENT 'Of an area: the estates that carry it',
    detector_version LowCardinality(String) COMMENT 'Version of the detector that decided',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this row was written (wall clock)'
)
ENGINE = {engine:ReplacingMergeTree(revision)}
ORDER BY surge_id
COMMENT 'Surges, latest revision of each; read with FINAL';
