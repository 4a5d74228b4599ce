-- Says of requests that they are no more, where the facts have none of their events any longer.
INSERT INTO {db}.requests (request_id, source, version)
SELECT request_id, source, {version:UInt64}
FROM {db}.requests FINAL
WHERE events > 0 AND request_id IN {ids:Array(String)} AND (request_id, source) NOT IN
(
    SELECT request_id, source FROM {db}.complaints WHERE request_id IN {ids:Array(String)}
)
