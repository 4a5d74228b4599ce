-- What bi.surge_cases says, its requests put together from the facts.
SELECT
    surge_id, level, unit,
    dictGetOrDefault('{db}.units_dict', 'name', (level, unit), '') AS name,
    estate_id, community_id, street_id, district_id, city_id, category,
    opened_at,
    toDate(opened_at, '{zone}') AS opened_date,
    cleared_at, requests, requests_open, requests_reopened,
    multiIf(isNotNull(relapsed_at), 'relapsed', isNotNull(solved_at), 'solved', 'open') AS case_status,
    solved_at,
    coalesce(least(reopened_at, risen_at), reopened_at, risen_at) AS relapsed_at,
    relapse_of
FROM
(
    SELECT
        *,
        leadInFrame(if(relapse_of = '', NULL, toNullable(opened_at))) OVER following AS risen_at
    FROM
    (
        SELECT
            *,
            if(
                category != '' AND (
                    opened_at <= lagInFrame(cleared_at) OVER preceding + INTERVAL 30 DAY
                    OR opened_at BETWEEN lagInFrame(solved_at) OVER preceding
                        AND lagInFrame(solved_at) OVER preceding + INTERVAL 30 DAY
                ),
                lagInFrame(surge_id) OVER preceding,
                ''
            ) AS relapse_of
        FROM
        (
            SELECT
                s.surge_id AS surge_id, toString(s.level) AS level, s.unit AS unit, s.estate_id AS estate_id,
                s.community_id AS community_id, s.street_id AS street_id, s.district_id AS district_id,
                s.city_id AS city_id, toString(s.category) AS category, s.opened_at AS opened_at,
                s.cleared_at AS cleared_at,
                o.requests AS requests, o.requests_open AS requests_open, o.requests_reopened AS requests_reopened,
                if(o.requests_open = 0, o.closed_at, NULL) AS solved_at,
                if(o.requests_open = o.open_again, o.reopened_at, NULL) AS reopened_at
            FROM (SELECT * FROM {db}.surges FINAL) AS s
            LEFT JOIN
            (
                SELECT
                    surge_id,
                    count() AS requests,
                    countIf(is_open) AS requests_open,
                    countIf(isNotNull(again_at)) AS requests_reopened,
                    countIf(is_open AND isNotNull(again_at)) AS open_again,
                    maxOrNull(r.closed_at) AS closed_at,
                    minOrNullIf(r.again_at, is_open) AS reopened_at
                FROM
                (
                    SELECT surge_id, toString(level) AS level, unit, arrayJoin(request_ids) AS request_id
                    FROM {db}.surges FINAL
                ) AS w
                INNER JOIN
                (
                    SELECT
                        source,
                        request_id,
                        argMaxIfOrNull(kind = 'closed', at, kind IN ('opened', 'closed', 'reopened'))
                            IS DISTINCT FROM true AS is_open,
                        maxOrNullIf(f.occurred_at, kind = 'closed') AS closed_at,
                        maxOrNullIf(f.occurred_at, kind = 'reopened') AS again_at,
                        argMin(f.estate_id, (kind != 'opened', at)) AS estate_id,
                        argMin(f.community_id, (kind != 'opened', at)) AS community_id,
                        argMin(f.street_id, (kind != 'opened', at)) AS street_id,
                        argMin(f.district_id, (kind != 'opened', at)) AS district_id,
                        argMin(f.city_id, (kind != 'opened', at)) AS city_id
                    FROM
                    (
                        SELECT *, (occurred_at, epoch, off) AS at
                        FROM {db}.complaints FINAL
                        WHERE request_id IN (SELECT arrayJoin(request_ids) FROM {db}.surges FINAL)
                    ) AS f
                    GROUP BY source, request_id
                ) AS r ON r.request_id = w.request_id
                WHERE w.unit = multiIf(
                    w.level = 'estate', r.estate_id, w.level = 'community', r.community_id,
                    w.level = 'street', r.street_id, w.level = 'district', r.district_id, r.city_id)
                GROUP BY surge_id
            ) AS o ON o.surge_id = s.surge_id
            WHERE s.surge_id NOT IN (SELECT surge_id FROM {bi}.surge_verdicts WHERE is_surge = false)
        )
        WINDOW preceding AS (
            PARTITION BY level, unit, category ORDER BY opened_at, surge_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    )
    WINDOW following AS (
        PARTITION BY level, unit, category ORDER BY opened_at, surge_id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING)
)
