-- A surge as it was told last.
SELECT surge_id, level, unit, estate_id, community_id, street_id, district_id, city_id, state, revision,
    toTimeZone(opened_at, 'UTC'), toTimeZone(updated_at, 'UTC'), toTimeZone(cleared_at, 'UTC'),
    toTimeZone(window_start, 'UTC'), toTimeZone(window_end, 'UTC'), observed, expected, expected_low, expected_high,
    score, reporters, requests, categories, category, request_ids, children, detector_version
FROM {db}.surges FINAL
WHERE surge_id = {surge:String}
