-- A number above those of all readings that have begun.
SELECT greatest(toUInt64(toUnixTimestamp64Micro(now64(6, 'UTC'))), max(version) + 1) FROM {db}.request_readings
