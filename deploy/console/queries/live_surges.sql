-- Every surge that is open, with what people did about it, oldest action first. Few columns: it runs all day.
SELECT
    s.surge_id, s.level, s.unit, s.name, s.estate_id, s.community_id, s.street_id, s.district_id, s.city_id,
    s.is_open, s.opened_at, s.cleared_at, s.updated_at, s.window_start, s.window_end, s.observed, s.expected,
    s.expected_low, s.expected_high, s.score, s.reporters, s.requests, s.categories, a.actions
FROM
(
    SELECT * FROM {bi}.surges WHERE is_open
) AS s
LEFT JOIN
(
    SELECT surge_id, arraySort(each -> each.1, groupArray((at, action, actor, role, level, reason, until))) AS actions
    FROM {bi}.surge_actions
    GROUP BY surge_id
) AS a ON a.surge_id = s.surge_id
ORDER BY s.score DESC, s.surge_id
LIMIT {rows:UInt32}
