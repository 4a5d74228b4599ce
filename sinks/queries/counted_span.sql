-- First and last moment of which there are facts or counts, seconds since 1970 UTC; 0, 0 where there are none.
SELECT min(first), max(last)
FROM
(
    SELECT intDiv(toUnixTimestamp64Milli(min(occurred_at)), 1000) AS first,
        intDiv(toUnixTimestamp64Milli(max(occurred_at)), 1000) AS last
    FROM {db}.complaints
    HAVING count() > 0
    UNION ALL
    SELECT toInt64(toUnixTimestamp64Second(min(bucket))), toInt64(toUnixTimestamp64Second(max(bucket)))
    FROM {db}.unit_counts
    HAVING count() > 0
)
