-- Beside complaints, which shows the areas of its time: as the registry in force would have it. An estate that it has
-- no longer is the one that bears its name now, or else stays what it was, where it was.
CREATE OR REPLACE VIEW {bi}.complaints_now {on_cluster}
(
    source String COMMENT 'Request system that sent it',
    request_id String COMMENT 'Number of the request in its source',
    event_id String COMMENT 'Id of the event, unique within its request; with source and request_id it finds the row of complaints',
    kind String COMMENT 'What happened: opened (the complaint), updated, assigned, closed, reopened, rated, petitioned',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened',
    local_date Date COMMENT 'Day of occurred_at in the platform''s zone: group and filter by this',
    estate_id String COMMENT 'Estate by the registry in force',
    estate String COMMENT 'Its name there; of an estate that is no more, its last; empty where no registry had it',
    community_id String COMMENT 'Community in which the estate lies now; empty: none known',
    community String COMMENT 'Name of the community',
    street_id String COMMENT 'Street in which the estate lies now; empty: none known',
    street String COMMENT 'Name of the street',
    district_id String COMMENT 'District in which the estate lies now; empty: none known',
    district String COMMENT 'Name of the district',
    city_id String COMMENT 'City that it counts at',
    counted_estate_id String COMMENT 'Estate that it was counted at',
    is_moved Bool COMMENT 'Whether estate or areas are others than those that it was counted at',
    problem_type String COMMENT 'The platform''s problem type',
    reporter_hash UInt64 COMMENT 'Distinct values count distinct reporters'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    source, request_id, event_id, kind, occurred_at, local_date,
    now_id AS estate_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('estate', now_id),
        dictGetOrDefault('{db}.estates_now_dict', 'name', tuple(now_id), '')) AS estate,
    if(is_known, dictGet('{db}.units_dict', 'community_id', ('estate', now_id)), toString(f.community_id)) AS community_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('community', community_id), '') AS community,
    if(is_known, dictGet('{db}.units_dict', 'street_id', ('estate', now_id)), toString(f.street_id)) AS street_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('street', street_id), '') AS street,
    if(is_known, dictGet('{db}.units_dict', 'district_id', ('estate', now_id)), toString(f.district_id)) AS district_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('district', district_id), '') AS district,
    toString(f.city_id) AS city_id,
    toString(f.estate_id) AS counted_estate_id,
    (estate_id, community_id, street_id, district_id) != (f.estate_id, f.community_id, f.street_id, f.district_id) AS is_moved,
    problem_type, reporter_hash
FROM
(
    SELECT
        *,
        dictGetOrDefault('{db}.candidates_dict', 'estate_id', tuple(toString(c.estate_id)),
            dictGetOrDefault('{db}.estates_now_dict', 'estate_id', tuple(toString(c.estate_id)), toString(c.estate_id))) AS now_id,
        dictHas('{db}.units_dict', ('estate', now_id)) AS is_known
    FROM {db}.complaints AS c FINAL
) AS f
COMMENT 'One row an event, by the estates and areas of the registry in force';
