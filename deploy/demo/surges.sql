-- Every surge that was found, with when it began and ended (or was last heard of).
SELECT unit, level, window_start, opened_at, ifNull(cleared_at, updated_at) AS until
FROM {db}.surges FINAL
ORDER BY opened_at, unit
