-- Of the counts that were built beside, those that differ from what stands. What the stream has written since the
-- position that they were built at (a higher version) is newer, and stays.
INSERT INTO {db}.unit_counts_replay_changes
    (level, unit, grain, bucket, part, opened, petitioned, closed, reopened, categories, reporters, version)
SELECT
    n.level, n.unit, n.grain, n.bucket, n.part, n.opened, n.petitioned, n.closed, n.reopened, n.categories, n.reporters,
    n.version
FROM {db}.unit_counts_replay AS n
LEFT JOIN
(
    SELECT * FROM {db}.unit_counts FINAL
    WHERE bucket >= toDateTime64({from:Int64}, 0, 'UTC') AND bucket < toDateTime64({to:Int64}, 0, 'UTC')
) AS o ON n.level = o.level AND n.unit = o.unit AND n.grain = o.grain AND n.bucket = o.bucket AND n.part = o.part
WHERE o.version <= n.version
    AND ((n.opened, n.petitioned, n.closed, n.reopened) != (o.opened, o.petitioned, o.closed, o.reopened)
        OR mapSort(n.categories) != mapSort(o.categories) OR n.reporters != o.reporters)
