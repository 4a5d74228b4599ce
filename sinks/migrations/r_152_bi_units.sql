CREATE OR REPLACE VIEW {bi}.units {on_cluster}
(
    level String COMMENT 'estate, community, street, district or city',
    id String COMMENT 'Id in the registry; with the level it is the key',
    name String COMMENT 'Name to show',
    parent String COMMENT 'Id of the unit right above; empty for the city',
    community_id String COMMENT 'The community that it is or lies in; empty where not known',
    street_id String COMMENT 'The street that it is or lies in; empty where not known',
    district_id String COMMENT 'The district that it is or lies in; empty where not known',
    city_id String COMMENT 'The city that it is or lies in',
    aliases Array(String) COMMENT 'Other names by which messages call it',
    lon Nullable(Float64) COMMENT 'Degrees east, WGS-84; of an estate',
    lat Nullable(Float64) COMMENT 'Degrees north, WGS-84; of an estate',
    households Nullable(UInt32) COMMENT 'Households of an estate; NULL where not known',
    registry_version String COMMENT 'Version of the registry in force'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    level, id, name, parent, community_id, street_id, district_id, city_id, aliases, lon, lat, households,
    registry_version
FROM {db}.units_current
COMMENT 'Units of the registry in force: estates and the areas above them';
