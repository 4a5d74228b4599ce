-- The server's clock, ms since 1970 UTC: the one by which tickets are noted.
SELECT toUnixTimestamp64Milli(now64(3, 'UTC'))
