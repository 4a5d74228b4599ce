-- Rejected records that nobody has sent back: of the last day (wall clock), and of all time.
SELECT countIf(rejected_at > now64(3) - INTERVAL 1 DAY) AS last_day, count() AS waiting
FROM {bi}.rejections
WHERE NOT sent_back
