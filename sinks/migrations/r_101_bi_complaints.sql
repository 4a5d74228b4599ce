-- FINAL stands here so that no reader has to think of it. Who complained is shown as a hash to count by, never
-- as the keyed hash that the source sent. An event of an estate which the registry lacked then is of the estate that
-- it is now.
CREATE OR REPLACE VIEW {bi}.complaints {on_cluster}
(
    source String COMMENT 'Request system that sent it',
    request_id String COMMENT 'Number of the request in its source',
    event_id String COMMENT 'Id of the event, unique within its request',
    kind String COMMENT 'What happened: opened (the complaint), updated, assigned, closed, reopened, rated, petitioned',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened',
    local_date Date COMMENT 'Day of occurred_at in the platform''s zone: group and filter by this',
    local_hour UInt8 COMMENT 'Hour of the day of occurred_at in the platform''s zone, 0 to 23',
    received_at DateTime64(3, 'UTC') COMMENT 'When the platform knew of it, in event time',
    estate_id String COMMENT 'Estate that it counts at: registry id, ? and a name that the registry lacks, or unplaced',
    estate String COMMENT 'Name of the estate; empty where the registry lacks it',
    community_id String COMMENT 'Community that it counts at; empty: none known',
    community String COMMENT 'Name of the community',
    street_id String COMMENT 'Street that it counts at; empty: none known',
    street String COMMENT 'Name of the street',
    district_id String COMMENT 'District that it counts at; empty: none known',
    district String COMMENT 'Name of the district',
    city_id String COMMENT 'City that it counts at',
    problem_type String COMMENT 'The platform''s problem type',
    problem_confidence Float64 COMMENT 'Probability that the problem type is right, 0 to 1',
    tag_rule String COMMENT 'Rule that tied it to the estate; empty: not tied',
    tag_confidence Float64 COMMENT 'Probability that the estate is right, 0 to 1',
    other_estate_ids Array(String) COMMENT 'Further estates that the message names',
    title String COMMENT 'Title, without resident''s data',
    text String COMMENT 'Text, without resident''s data',
    category String COMMENT 'The source''s own category',
    channel String COMMENT 'How it came in, as the source says',
    reporter_hash UInt64 COMMENT 'Distinct values count distinct reporters; an unknown reporter counts by its request',
    status String COMMENT 'The source''s own status',
    department String COMMENT 'Who is to deal with it, as the source says',
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it is to be done; NULL: not set',
    satisfaction Nullable(Float64) COMMENT '0 (very dissatisfied) to 1 (very satisfied); NULL: not rated',
    registry_version String COMMENT 'Registry that it was tied to an estate by'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    source, request_id, event_id, kind, occurred_at, local_date,
    toHour(occurred_at, '{zone}') AS local_hour,
    weighed_at AS received_at,
    dictGetOrDefault('{db}.candidates_dict', 'estate_id', tuple(toString(f.estate_id)), toString(f.estate_id)) AS estate_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('estate', estate_id), '') AS estate,
    community_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('community', toString(community_id)), '') AS community,
    street_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('street', toString(street_id)), '') AS street,
    district_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('district', toString(district_id)), '') AS district,
    city_id, problem_type, problem_confidence, tag_rule, tag_confidence, other_estate_ids, title, text, category,
    channel, reporter_hash, status, department, due_at, satisfaction, registry_version
FROM {db}.complaints AS f FINAL
COMMENT 'One row an event; the complaints are those of kind opened';
