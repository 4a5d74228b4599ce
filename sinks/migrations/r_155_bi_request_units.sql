-- For who shows one estate or community: which requests need be read. A superset, so whoever asks filters requests by
-- unit as well. An estate that the registry lacked then is the one that it is now, too.
CREATE OR REPLACE VIEW {bi}.request_units {on_cluster}
(
    unit String COMMENT 'estate: or community: and its id',
    request_id String COMMENT 'Number of the request in its source',
    source String COMMENT 'Request system that sent it'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT unit, request_id, source FROM {db}.request_units
UNION ALL
SELECT
    concat('estate:', dictGet('{db}.candidates_dict', 'estate_id', tuple(substring(u.unit, 8)))) AS unit,
    request_id,
    source
FROM {db}.request_units AS u
WHERE startsWith(u.unit, 'estate:?') AND dictHas('{db}.candidates_dict', tuple(substring(u.unit, 8)))
COMMENT 'Requests by the estates and communities that they are or were of: a superset, to find rows of requests by';
