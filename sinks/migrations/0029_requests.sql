-- Requests as they stand, put together from the facts by the writer (sinks/requests.py), so that who asks about requests
-- does not put all of them together from all facts. No materialised view of the facts could: at the insert of a
-- delivery it is not known whether it survives.
-- What events decide stands here, and nothing else: whether a request is overdue moves with the clock, and names with
-- the registry, so the views for BI add these when they are asked.
-- Version: drawn before the facts are read, and after the list of what has changed (sinks/requests.py says why).
-- Granules of 1024: a request is found by its number without reading 8192 of them.
CREATE TABLE IF NOT EXISTS {db}.requests {on_cluster}
(
    request_id String COMMENT 'Number of the request in its source',
    source LowCardinality(String) COMMENT 'Request system that sent it',
    opened_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was opened; NULL: the opening was not sent',
    assigned_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was first assigned; NULL: not yet',
    answered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was first assigned, updated or closed; NULL: not yet',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was last closed, reopened since or not; NULL: never',
    reopened_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was last reopened; NULL: never',
    is_open Bool COMMENT 'Whether it is open: not closed, or reopened since',
    reopened UInt32 COMMENT 'How often it was reopened',
    petitioned Bool COMMENT 'Whether it became a petition',
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was to be done, as last said; NULL: not set',
    satisfaction Nullable(Float64) COMMENT 'As last rated, 0 to 1; NULL: not rated',
    status LowCardinality(String) COMMENT 'The source''s own status, as last said',
    department LowCardinality(String) COMMENT 'Who is to deal with it, as last said',
    problem_type LowCardinality(String) COMMENT 'The platform''s problem type of its opening',
    estate_id LowCardinality(String) COMMENT 'Estate that its opening counts at: registry id, ? and a name that the registry lacks, or unplaced',
    community_id LowCardinality(String) COMMENT 'Community that its opening counts at; empty: none known',
    street_id LowCardinality(String) COMMENT 'Street that its opening counts at; empty: none known',
    district_id LowCardinality(String) COMMENT 'District that its opening counts at; empty: none known',
    city_id LowCardinality(String) COMMENT 'City that its opening counts at',
    events UInt32 COMMENT 'How many events it has; 0: its facts are gone, and so is it',
    changed_at DateTime64(3, 'UTC') COMMENT 'When its latest event occurred',
    heard_at DateTime64(3, 'UTC') COMMENT 'When the platform knew of its last event, in event time',
    months Array(UInt32) COMMENT 'Months of its events, as the partitions of complaints are called: where to read it anew',
    version UInt64 COMMENT 'Number of the reading of the facts that made it: the highest survives',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this row was written (wall clock)'
)
ENGINE = {engine:ReplacingMergeTree(version)}
ORDER BY (request_id, source)
SETTINGS index_granularity = 1024
COMMENT 'Requests as they stand, made of the facts and always behind them; read with FINAL, events > 0';

-- Which requests may be of a unit: a superset, since one that was tied to another unit stays. Estates and communities
-- alone: of a street there are so many that reading all requests is quicker than looking each up.
CREATE TABLE IF NOT EXISTS {db}.request_units {on_cluster}
(
    unit String COMMENT 'estate: or community: and its id, as the request was ever put together with',
    request_id String COMMENT 'Number of the request in its source',
    source LowCardinality(String) COMMENT 'Request system that sent it'
)
ENGINE = {engine:ReplacingMergeTree}
ORDER BY (unit, request_id, source)
COMMENT 'Requests by the estates and communities that they are or were of';

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.request_units_of_requests {on_cluster} TO {db}.request_units
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    arrayJoin(arrayConcat(
        [concat('estate:', estate_id)], if(community_id = '', [], [concat('community:', community_id)])
    )) AS unit,
    request_id,
    source
FROM {db}.requests
WHERE events > 0
COMMENT 'Notes the units of each request that is put together';

-- What has changed since requests were put together: whoever has stored facts leaves a ticket with the numbers of their
-- requests. Whoever has put these together sends the ticket again as done. Not a mark in time: an insert that took long
-- would come to light below it.
-- TTL: of what is done alone. A done row that goes before what it settles makes work again, never an error.
CREATE TABLE IF NOT EXISTS {db}.request_changes {on_cluster}
(
    noted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was left, after the facts were stored (wall clock)',
    ticket UInt64 COMMENT 'Drawn at random: with noted_at it is the key',
    request_ids Array(String) COMMENT 'Numbers of the requests; of a ticket that is done none',
    months Array(UInt32) COMMENT 'Months of the facts, as the partitions of complaints are called; of a ticket that is done none',
    is_done UInt8 DEFAULT 0 COMMENT '1: they have been put together since'
)
ENGINE = {engine:ReplacingMergeTree(is_done)}
ORDER BY (noted_at, ticket)
TTL toDateTime(noted_at) + INTERVAL 1 HOUR DELETE WHERE is_done = 1
SETTINGS merge_with_ttl_timeout = 600
COMMENT 'Requests that have new facts, until they are put together; a ticket is open unless a row of it is done';

-- Who puts requests together, one row each once it is merged.
CREATE TABLE IF NOT EXISTS {db}.request_readings {on_cluster}
(
    reader LowCardinality(String) COMMENT 'changes: of what has changed; all: of everything, at a migration',
    version SimpleAggregateFunction(max, UInt64) COMMENT 'Number of its last reading, which has begun',
    clock_ms SimpleAggregateFunction(max, Int64) COMMENT 'Clock of the data up to which requests are put together, ms since 1970 UTC',
    read_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When its last reading ended (wall clock)'
)
ENGINE = {engine:AggregatingMergeTree}
ORDER BY reader
COMMENT 'Readings of the facts by which requests are put together; take the maximum of each column';
