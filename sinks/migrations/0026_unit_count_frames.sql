-- Where the writer puts the frames of unit.counts as they come: one row a frame, a column of each kind of
-- figure as an array. Nothing is kept here (engine Null): unit_counts_of_frames turns each into rows of
-- unit_counts. A driver packs arrays twenty times as fast as rows with a map in each.
CREATE TABLE IF NOT EXISTS {db}.unit_count_frames {on_cluster}
(
    epoch UInt16 COMMENT 'Incarnation of the raw topic',
    part UInt16 COMMENT 'Partition of the raw topic whose events these are',
    next UInt64 COMMENT 'The figures are those of the part''s log below here',
    levels Array(String) COMMENT 'Of each bucket: estate, community, street, district or city',
    units Array(String) COMMENT 'Id of the unit',
    grains Array(String) COMMENT 'minute, hour or day',
    buckets Array(Int64) COMMENT 'Start of the bucket, seconds since 1970 UTC',
    opened Array(UInt32) COMMENT 'Requests opened',
    petitioned Array(UInt32) COMMENT 'Requests that became petitions',
    closed Array(UInt32) COMMENT 'Requests closed',
    reopened Array(UInt32) COMMENT 'Requests reopened',
    categories Array(Array(String)) COMMENT 'Problem types of the opened requests',
    category_counts Array(Array(UInt32)) COMMENT 'How many of each problem type',
    reporters Array(Array(UInt64)) COMMENT 'Sketch of the distinct reporters of opened requests'
)
ENGINE = Null
COMMENT 'Takes frames of counts and keeps nothing; what it makes of them stands in unit_counts';
CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.unit_counts_of_frames {on_cluster} TO {db}.unit_counts
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    one_level AS level,
    one_unit AS unit,
    one_grain AS grain,
    toDateTime64(one_start, 0, 'UTC') AS bucket,
    part,
    one_opened AS opened,
    one_petitioned AS petitioned,
    one_closed AS closed,
    one_reopened AS reopened,
    CAST(mapFromArrays(types, numbers), 'Map(LowCardinality(String), UInt32)') AS categories,
    sketch AS reporters,
    frame_version AS version
FROM
(
    -- Apart from the names above: an alias would hide the array of that name.
    SELECT
        part, bitShiftLeft(toUInt64(epoch), 40) + next AS frame_version,
        one_level, one_unit, one_grain, one_start,
        one_opened, one_petitioned, one_closed, one_reopened, types, numbers, sketch
    FROM {db}.unit_count_frames
    ARRAY JOIN
        levels AS one_level, units AS one_unit, grains AS one_grain, buckets AS one_start,
        opened AS one_opened, petitioned AS one_petitioned, closed AS one_closed, reopened AS one_reopened,
        categories AS types, category_counts AS numbers, reporters AS sketch
)
COMMENT 'Makes rows of unit_counts of each frame in unit_count_frames';
