SELECT
    s.surge_id, s.level, s.unit, s.name, s.estate_id, s.community_id, s.street_id, s.district_id, s.city_id,
    s.is_open, s.opened_at, s.cleared_at, s.updated_at, s.window_start, s.window_end, s.observed, s.expected,
    s.expected_low, s.expected_high, s.score, s.reporters, s.requests, s.categories,
    (
        SELECT arraySort(each -> each.1, groupArray((at, action, actor, role, level, reason, until)))
        FROM {bi}.surge_actions WHERE surge_id = {surge:String}
    ) AS actions,
    s.request_ids, s.children, s.detector_version
FROM {bi}.surges AS s
WHERE s.surge_id = {surge:String} AND {in_scope}
