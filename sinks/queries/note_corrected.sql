-- A ticket for the requests that were corrected during the last day: a server that died right after it had stored
-- their facts may have written none, and what is moved already is not moved again.
INSERT INTO {db}.request_changes (noted_at, ticket, request_ids, months)
SELECT now64(3, 'UTC'), rand64(), groupUniqArray(request_id) AS numbers, groupUniqArray(toYYYYMM(occurred_at))
FROM {db}.complaints
WHERE tag_version > 0 AND inserted_at > now64(3) - INTERVAL 1 DAY
HAVING notEmpty(numbers)
