-- Where each part stands: its last epoch, the offset below which it is stored, and its clock there.
SELECT part, max((epoch, next)).1, max((epoch, next)).2, argMax(clock_ms, (epoch, next))
FROM {db}.progress FINAL
GROUP BY part
ORDER BY part
