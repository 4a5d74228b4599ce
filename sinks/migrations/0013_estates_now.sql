-- Which estate of the registry in force an estate is that an earlier registry had and this one has not: the one that
-- bears one of its names, as its own or as an alias, where that is one alone. `candidates` of its last row are these
-- names as messages' names are compared.
CREATE OR REPLACE DICTIONARY {db}.estates_now_dict {on_cluster}
(
    former_id String,
    estate_id String,
    name String
)
PRIMARY KEY former_id
SOURCE(CLICKHOUSE(
    USER '{dictionary_user}'
    QUERY 'SELECT f.id AS former_id, if(uniqExactIf(n.id, n.id != \'\') = 1, anyIf(n.id, n.id != \'\'), f.id) AS estate_id, any(f.name) AS name FROM (SELECT id, name, arrayJoin(emptyArrayToSingle(candidates)) AS candidate FROM {db}.units FINAL WHERE level = \'estate\' AND loaded_at != (SELECT max(loaded_at) FROM {db}.units)) AS f LEFT JOIN (SELECT id, arrayJoin(candidates) AS candidate FROM {db}.units_current WHERE level = \'estate\') AS n USING (candidate) GROUP BY f.id'
))
LAYOUT(COMPLEX_KEY_HASHED())
LIFETIME(MIN 240 MAX 300)
COMMENT 'Estates that the registry in force has no longer: which estate each is now, and its last name';
