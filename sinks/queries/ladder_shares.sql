-- Of each level, the share of its surges of the last days that were solved there, without being raised.
SELECT level, avg(reached_level = level)
FROM {bi}.surge_ladder
WHERE is_solved AND opened_at >= now() - toIntervalDay({days:UInt16})
GROUP BY level
