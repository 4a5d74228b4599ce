-- Where the writer puts the frames of unit.counts as they come: one row a frame, its columns packed as they
-- came from Kafka. Nothing is kept here (engine Null): unit_counts_of_frames turns each into rows of
-- unit_counts. Neither the writer nor the driver looks into them: lists of numbers cost both more than all
-- else that is done with a count (docs/performance.md).
CREATE TABLE IF NOT EXISTS {db}.unit_count_frames {on_cluster}
(
    epoch UInt16 COMMENT 'Incarnation of the raw topic',
    part UInt16 COMMENT 'Partition of the raw topic whose events these are',
    next UInt64 COMMENT 'The figures are those of the part''s log below here',
    units Array(String) COMMENT 'Of each bucket: id of the unit',
    levels String COMMENT 'UInt8 of each bucket: 0 estate, 1 community, 2 street, 3 district, 4 city',
    grains String COMMENT 'UInt8 of each bucket: 0 minute, 1 hour, 2 day',
    buckets String COMMENT 'Int64 of each bucket: its start, seconds since 1970 UTC',
    opened String COMMENT 'UInt32 of each bucket: requests opened',
    petitioned String COMMENT 'UInt32 of each bucket: requests that became petitions',
    closed String COMMENT 'UInt32 of each bucket: requests closed',
    reopened String COMMENT 'UInt32 of each bucket: requests reopened',
    categories Array(String) COMMENT 'Problem types of the opened requests, bucket after bucket; one entry at least for each',
    category_counts String COMMENT 'UInt32 of each entry: how many of that problem type',
    category_firsts String COMMENT 'UInt8 of each entry: 1 where another bucket begins',
    reporters String COMMENT 'UInt64 of each entry: sketch of the distinct reporters of opened requests, bucket after bucket; one entry at least for each',
    reporter_firsts String COMMENT 'UInt8 of each entry: 1 where another bucket begins'
)
ENGINE = Null
COMMENT 'Takes frames of counts and keeps nothing; what it makes of them stands in unit_counts';
CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.unit_counts_of_frames {on_cluster} TO {db}.unit_counts
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    CAST(['estate', 'community', 'street', 'district', 'city'][one_level + 1], 'LowCardinality(String)') AS level,
    one_unit AS unit,
    CAST(['minute', 'hour', 'day'][one_grain + 1], 'LowCardinality(String)') AS grain,
    toDateTime64(one_start, 0, 'UTC') AS bucket,
    part,
    one_opened AS opened,
    one_petitioned AS petitioned,
    one_closed AS closed,
    one_reopened AS reopened,
    -- The entry of a bucket that opened nothing only keeps its place.
    CAST(if(one_opened = 0, map(), mapFromArrays(types, numbers)), 'Map(String, UInt32)') AS categories,
    if(one_opened = 0, [], sketch) AS reporters,
    frame_version AS version
FROM
(
    -- Apart from the names above: an alias would hide the column of that name.
    SELECT
        part, bitShiftLeft(toUInt64(epoch), 40) + next AS frame_version,
        one_level, one_unit, one_grain, one_start,
        one_opened, one_petitioned, one_closed, one_reopened, types, numbers, sketch
    FROM {db}.unit_count_frames
    ARRAY JOIN
        reinterpret(levels, 'Array(UInt8)') AS one_level,
        units AS one_unit,
        reinterpret(grains, 'Array(UInt8)') AS one_grain,
        reinterpret(buckets, 'Array(Int64)') AS one_start,
        reinterpret(opened, 'Array(UInt32)') AS one_opened,
        reinterpret(petitioned, 'Array(UInt32)') AS one_petitioned,
        reinterpret(closed, 'Array(UInt32)') AS one_closed,
        reinterpret(reopened, 'Array(UInt32)') AS one_reopened,
        arraySplit((_, first) -> first, categories, reinterpret(category_firsts, 'Array(UInt8)')) AS types,
        arraySplit(
            (_, first) -> first,
            reinterpret(category_counts, 'Array(UInt32)'), reinterpret(category_firsts, 'Array(UInt8)')
        ) AS numbers,
        arraySplit(
            (_, first) -> first,
            reinterpret(reporters, 'Array(UInt64)'), reinterpret(reporter_firsts, 'Array(UInt8)')
        ) AS sketch
)
COMMENT 'Makes rows of unit_counts of each frame in unit_count_frames';
