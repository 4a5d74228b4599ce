-- The latest clock of all parts, ms since 1970 UTC; 0 where nothing is stored.
SELECT max(clock_ms) FROM {db}.progress
