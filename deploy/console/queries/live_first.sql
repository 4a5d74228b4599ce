-- When the first event occurred: read from the partitions' own bounds, without reading rows.
SELECT min(occurred_at) AS first
FROM {bi}.feed
HAVING count() > 0
