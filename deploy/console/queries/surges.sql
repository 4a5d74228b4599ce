-- Surges by what is asked, newest first.
SELECT
    s.surge_id, s.level, s.unit, s.name, s.estate_id, s.community_id, s.street_id, s.district_id, s.city_id,
    s.is_open, s.opened_at, s.cleared_at, s.updated_at, s.window_start, s.window_end, s.observed, s.expected,
    s.expected_low, s.expected_high, s.score, s.reporters, s.requests, s.categories, a.actions
FROM
(
    SELECT * FROM {bi}.surges
    WHERE {in_scope}
        AND ({state:String} = '' OR ({state:String} = 'open') = is_open)
        AND ({level:String} = '' OR level = {level:String})
        AND ({category:String} = '' OR has(mapKeys(categories), {category:String}))
        AND ({words:String} = '' OR positionCaseInsensitiveUTF8(name, {words:String}) > 0 OR surge_id = {words:String})
        AND ({unit:String} = '' OR {unit:String} IN (
            concat('estate:', estate_id), concat('community:', community_id), concat('street:', street_id),
            concat('district:', district_id), concat('city:', city_id), concat(level, ':', unit)))
        AND opened_date >= {first:Date} AND opened_date <= {last:Date}
    ORDER BY opened_at DESC, surge_id
    LIMIT {rows:UInt32}
) AS s
LEFT JOIN
(
    SELECT surge_id, arraySort(each -> each.1, groupArray((at, action, actor, role, level, reason, until))) AS actions
    FROM {bi}.surge_actions
    GROUP BY surge_id
) AS a ON a.surge_id = s.surge_id
ORDER BY s.opened_at DESC, s.surge_id
