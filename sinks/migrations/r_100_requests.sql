-- Puts all requests together: once, and again whenever what is said of a request has changed. Facts that come
-- meanwhile have their tickets; whoever settles them draws a higher number than this.
INSERT INTO {db}.request_readings (reader, version, clock_ms)
SELECT
    'all',
    (
        SELECT greatest(toUInt64(toUnixTimestamp64Micro(now64(6, 'UTC'))), max(version) + 1) FROM {db}.request_readings
    ),
    (SELECT max(clock_ms) FROM {db}.progress);
INSERT INTO {db}.requests (* EXCEPT (inserted_at))
WITH
    (SELECT max(version) FROM {db}.request_readings WHERE reader = 'all') AS reading,
    facts AS (SELECT * FROM {db}.complaints FINAL)
{include:states_of_requests}
SETTINGS optimize_aggregation_in_order = 1;
-- An insert that had begun before the tickets were made, and ended after the facts were read, has left none.
INSERT INTO {db}.request_changes (noted_at, ticket, request_ids, months)
SELECT now64(3, 'UTC'), rand64(), groupUniqArray(request_id) AS numbers, groupUniqArray(toYYYYMM(occurred_at))
FROM {db}.complaints
WHERE inserted_at > now64(3) - INTERVAL 10 MINUTE
HAVING notEmpty(numbers);
INSERT INTO {db}.request_readings (reader, read_at) SELECT 'all', now64(3, 'UTC');
