-- How long the fine grains are kept, as the settings minute_days and hour_days say; days are kept for ever.
-- A repeatable file: it is applied again whenever the settings change what it says.
ALTER TABLE {db}.unit_counts {on_cluster} MODIFY TTL
    toDateTime(inserted_at) + toIntervalDay({minute_days}) DELETE WHERE grain = 'minute',
    toDateTime(inserted_at) + toIntervalDay({hour_days}) DELETE WHERE grain = 'hour';
