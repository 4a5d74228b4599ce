-- Where each part stands: its last epoch, the offset below which it is stored, and its clock there. Without FINAL, by
-- which the projection `latest` would not be read: repeats of a mark say the same.
SELECT part, argMax(epoch, (epoch, next)), argMax(next, (epoch, next)), argMax(clock_ms, (epoch, next))
FROM {db}.progress
GROUP BY part
ORDER BY part
