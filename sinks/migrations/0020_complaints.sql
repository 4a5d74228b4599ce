-- The facts: one row for each event that was tied to an estate.
-- Sorting key: what makes two deliveries the same event. Ids need to be unique within a request only, so two
-- request systems that both number from 1 do not swallow each other. One request lives in one part, so the
-- offsets that `version` compares are of the same part.
-- The request comes first: its events stand together, so that all requests can be put together in little memory
-- (bi.requests), and who asks for one request reads a granule of each part.
-- Version: the highest tag version survives, and among its deliveries the first (lowest epoch, then offset).
-- Not the last: state that is rebuilt at a position counts what was first seen below it.
-- Monthly partitions: daily ones would break an insert of a year's history (hazard 30). A second delivery that
-- names another month lies in another partition, so these never merge; FINAL with
-- defer_partition_pruning_after_final = 1 (the default since 26.3, the oldest server that is served) still finds
-- the survivor under a time filter.
-- No TTL: facts are the truth that all else is rebuilt from.
CREATE TABLE IF NOT EXISTS {db}.complaints {on_cluster}
(
    source LowCardinality(String) COMMENT 'Request system that sent it',
    request_id String COMMENT 'Number of the request in its source',
    event_id String COMMENT 'Id of the event, unique within its request',
    kind LowCardinality(String) COMMENT 'What happened: opened, updated, assigned, closed, reopened, rated, petitioned',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened at the source',
    weighed_at DateTime64(3, 'UTC') COMMENT 'Its moment for surge detection: its arrival, or the clock of its part where that stood later',
    local_date Date DEFAULT toDate(occurred_at, '{zone}') COMMENT 'Day of occurred_at in the platform''s zone',
    zone LowCardinality(String) COMMENT 'IANA time zone of the source, for showing local times',
    estate_id LowCardinality(String) COMMENT 'Estate that it counts at: registry id, ? and a name that the registry lacks, or unplaced',
    community_id LowCardinality(String) COMMENT 'Community that it counts at; empty: none known',
    street_id LowCardinality(String) COMMENT 'Street that it counts at; empty: none known',
    district_id LowCardinality(String) COMMENT 'District that it counts at; empty: none known',
    city_id LowCardinality(String) COMMENT 'City that it counts at; empty: none known',
    tag_name LowCardinality(String) COMMENT 'Registry name or alias that was recognised; empty: no tag, or not in the registry',
    tag_surface String COMMENT 'Characters of the message that name the estate; empty where coordinates or fields decided',
    tag_rule LowCardinality(String) COMMENT 'Rule that decided; empty: no tag',
    tag_evidence String COMMENT 'What the rule saw, without resident''s data',
    tag_confidence Float64 COMMENT 'Probability that the tag is right, 0 to 1; 0: no tag',
    other_tags String COMMENT 'Further estates that the message names: JSON array of objects estate_id, name, surface, role, rule, evidence, confidence; empty: none',
    other_estate_ids Array(String) DEFAULT JSONExtract(other_tags, 'Array(Tuple(estate_id String))').estate_id COMMENT 'Ids of the further estates, in the order of other_tags',
    tag_version UInt8 COMMENT 'Rises when the tag is changed later; the highest holds',
    problem_type LowCardinality(String) COMMENT 'The platform''s problem type',
    problem_confidence Float64 COMMENT 'Probability that the problem type is right, 0 to 1',
    title String COMMENT 'Title of the message, without resident''s data',
    text String COMMENT 'Text of the message, without resident''s data',
    address String COMMENT 'Address as the source gives it, without home door numbers',
    lon Nullable(Float64) COMMENT 'Degrees east, in crs',
    lat Nullable(Float64) COMMENT 'Degrees north, in crs',
    crs LowCardinality(String) COMMENT 'Coordinate reference system of lon and lat: WGS-84, GCJ-02 or BD-09',
    category LowCardinality(String) COMMENT 'The source''s own category, unmapped',
    channel LowCardinality(String) COMMENT 'How it came in: telephone, app, letter, as the source says',
    reporter String COMMENT 'Keyed hash of who complained; empty: not known',
    reporter_hash UInt64 COMMENT 'What distinct reporters are counted by; of an unknown reporter a hash of the request',
    status LowCardinality(String) COMMENT 'The source''s own status, unmapped',
    department LowCardinality(String) COMMENT 'Who is to deal with it, as the source says',
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it is to be done; NULL: not set',
    satisfaction Nullable(Float64) COMMENT '0 (very dissatisfied) to 1 (very satisfied); NULL: not rated',
    registry_version LowCardinality(String) COMMENT 'Registry that it was tagged by',
    epoch UInt16 COMMENT 'Incarnation of the raw topic that it was read from',
    part UInt16 COMMENT 'Partition of the raw topic',
    off UInt64 COMMENT 'Offset in that partition',
    version UInt64 DEFAULT bitShiftLeft(toUInt64(tag_version), 56) + bitShiftLeft(toUInt64(1), 56) - 1 - (bitShiftLeft(toUInt64(epoch), 40) + off) COMMENT 'tag_version * 2^56 + 2^56 - 1 - (epoch * 2^40 + off): the highest survives',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this row was written (wall clock)'
)
ENGINE = {engine:ReplacingMergeTree(version)}
PARTITION BY toYYYYMM(occurred_at)
PRIMARY KEY request_id
ORDER BY (request_id, source, event_id)
COMMENT 'One row an event; read with FINAL, or the view complaints of the database for BI';
