-- The figures of every bucket at every unit, by part.
SELECT
    level, unit, grain, toInt64(toUnixTimestamp64Second(bucket)), part,
    opened, petitioned, closed, reopened
FROM {db}.unit_counts FINAL
WHERE opened + petitioned + closed + reopened > 0
