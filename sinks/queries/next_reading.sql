-- A number above those of all readings that have begun; and whether all requests have been put together once.
SELECT
    greatest(toUInt64(toUnixTimestamp64Micro(now64(6, 'UTC'))), max(version) + 1),
    maxIf(read_at, reader = 'all') > 0
FROM {db}.request_readings
