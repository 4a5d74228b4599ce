-- For watching, not for counting. Without FINAL: a screen that asks every second must not read all months of the
-- facts, as FINAL has to (a second delivery may name another month). So a filter on occurred_at reads its months
-- alone, and whoever counts here counts distinct events. An event of an estate which the registry lacked then is of the
-- estate that it is now.
CREATE OR REPLACE VIEW {bi}.feed {on_cluster}
(
    source String COMMENT 'Request system that sent it',
    request_id String COMMENT 'Number of the request in its source',
    event_id String COMMENT 'Id of the event, unique within its request',
    kind String COMMENT 'What happened: opened (the complaint), updated, assigned, closed, reopened, rated, petitioned',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened; filter by this',
    local_date Date COMMENT 'Day of occurred_at in the platform''s zone',
    local_hour UInt8 COMMENT 'Hour of the day of occurred_at in the platform''s zone, 0 to 23',
    stored_at DateTime64(3, 'UTC') COMMENT 'When this delivery was stored (wall clock)',
    estate_id String COMMENT 'Estate that it counts at: registry id, ? and a name that the registry lacks, or unplaced',
    estate String COMMENT 'Name of the estate; empty where the registry lacks it',
    community_id String COMMENT 'Community that it counts at; empty: none known',
    street_id String COMMENT 'Street that it counts at; empty: none known',
    district_id String COMMENT 'District that it counts at; empty: none known',
    city_id String COMMENT 'City that it counts at',
    problem_type String COMMENT 'The platform''s problem type',
    tag_rule String COMMENT 'Rule that tied it to the estate; empty: not tied',
    tag_confidence Float64 COMMENT 'Probability that the estate is right, 0 to 1',
    tag_version UInt8 COMMENT 'Of several deliveries of an event the highest holds',
    title String COMMENT 'Title, without resident''s data',
    text String COMMENT 'Text, without resident''s data'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    source, request_id, event_id, kind, occurred_at, local_date, toHour(occurred_at, '{zone}') AS local_hour,
    inserted_at AS stored_at,
    dictGetOrDefault('{db}.candidates_dict', 'estate_id', tuple(toString(f.estate_id)), toString(f.estate_id)) AS estate_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('estate', estate_id), '') AS estate,
    community_id, street_id, district_id, city_id, problem_type, tag_rule, tag_confidence, tag_version, title, text
FROM {db}.complaints AS f
COMMENT 'Deliveries of events as they are stored, repeats included';
