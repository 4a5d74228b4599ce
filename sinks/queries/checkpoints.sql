-- The checkpoints that are whole, the newest first. Rows that wait to be replaced count too, while all of theirs
-- are still there.
SELECT slot, digest, epoch, version, toUnixTimestamp(weighed_until)
FROM {db}.weigher_checkpoints
GROUP BY slot, digest, epoch, version, weighed_until
HAVING uniqExact(piece) = max(pieces)
ORDER BY max(inserted_at) DESC
