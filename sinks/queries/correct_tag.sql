-- Lets the events of a request that count at one estate count at another: each again, under the next tag version.
-- Repeated, it finds nothing to move. Areas are those of the registry in force; of a name that it lacks, none below
-- the city.
INSERT INTO {db}.complaints (* EXCEPT (local_date, other_estate_ids, version, inserted_at))
SELECT * EXCEPT (local_date, other_estate_ids, version, inserted_at) REPLACE
(
    {estate_id:String} AS estate_id,
    dictGetOrDefault('{db}.units_dict', 'community_id', ('estate', {estate_id:String}), '') AS community_id,
    dictGetOrDefault('{db}.units_dict', 'street_id', ('estate', {estate_id:String}), '') AS street_id,
    dictGetOrDefault('{db}.units_dict', 'district_id', ('estate', {estate_id:String}), '') AS district_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('estate', {estate_id:String}), '') AS tag_name,
    {rule:String} AS tag_rule,
    {confidence:Float64} AS tag_confidence,
    tag_version + 1 AS tag_version
)
FROM
(
    SELECT * FROM {db}.complaints FINAL
    WHERE source = {source:String} AND request_id = {request_id:String} AND estate_id = {counts_at:String}
)
