-- How far behind are the tables?
SELECT part, clock, seconds_since_stored FROM bi.freshness ORDER BY seconds_since_stored DESC
