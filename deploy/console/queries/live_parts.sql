-- The data's clock, how far the slowest part is behind it, and how long ago anything was stored.
SELECT
    max(clock) AS now,
    dateDiff('second', min(clock), max(clock)) AS behind_seconds,
    min(seconds_since_stored) AS seconds_since_stored,
    max(stored_at) AS stored_at
FROM {bi}.freshness
HAVING count() > 0
