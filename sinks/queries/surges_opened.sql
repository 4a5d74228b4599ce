-- Surges that opened in from..to (seconds since 1970 UTC), each as it was told last.
SELECT surge_id, level, unit, estate_id, community_id, street_id, district_id, city_id, state, revision,
    toTimeZone(opened_at, 'UTC'), toTimeZone(updated_at, 'UTC'), toTimeZone(cleared_at, 'UTC'),
    toTimeZone(window_start, 'UTC'), toTimeZone(window_end, 'UTC'), observed, expected, expected_low, expected_high,
    score, reporters, requests, categories, category, request_ids, children, detector_version
FROM {db}.surges FINAL
WHERE opened_at >= toDateTime64({from:Int64}, 3, 'UTC') AND opened_at < toDateTime64({to:Int64}, 3, 'UTC')
ORDER BY surge_id
