-- Surges that people were told of or judged, with the clock of the data.
SELECT
    score, is_surge, toUnixTimestamp64Milli(opened_at),
    (SELECT max(clock_ms) FROM {db}.progress)
FROM {bi}.surge_verdicts
WHERE is_told OR isNotNull(is_surge)
ORDER BY opened_at, surge_id
