-- What of the registry is in force: the rows of the newest load. FINAL, because a reloaded unit has several
-- rows until they are merged, and a dictionary over the plain table would load any of them (hazard 33).
CREATE OR REPLACE VIEW {db}.units_current {on_cluster} AS
SELECT * FROM {db}.units FINAL
WHERE loaded_at = (SELECT max(loaded_at) FROM {db}.units)
COMMENT 'Units of the registry in force';

-- The key is both level and id. It logs in as a user without a password who may come from loopback alone and
-- read nothing but this (deploy/clickhouse/users.d): a dictionary's definition cannot take a password from
-- elsewhere, and a named collection crashed the embedded engine (hazard 43). The lifetime is a safety net: a
-- load reloads it at once.
CREATE OR REPLACE DICTIONARY {db}.units_dict {on_cluster}
(
    level String,
    id String,
    name String,
    parent String,
    community_id String,
    street_id String,
    district_id String,
    city_id String,
    lon Nullable(Float64),
    lat Nullable(Float64),
    households Nullable(UInt32),
    property_company String,
    developer String,
    status String,
    committee String,
    registry_version String
)
PRIMARY KEY level, id
SOURCE(CLICKHOUSE(
    USER '{dictionary_user}'
    QUERY 'SELECT level, id, name, parent, community_id, street_id, district_id, city_id, lon, lat, households, property_company, developer, status, committee, registry_version FROM {db}.units_current'
))
LAYOUT(COMPLEX_KEY_HASHED())
LIFETIME(MIN 240 MAX 300)
COMMENT 'The registry in force, for joins by (level, id)';
