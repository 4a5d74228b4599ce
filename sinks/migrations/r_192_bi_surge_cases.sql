-- A surge as a case: what became of the requests that it consists of, and whether the matter came back.
-- Requests are found by number and unit, as a surge keeps numbers alone; they stand as in the view requests, some
-- seconds behind their events.
-- What people called not a surge is no case, and nothing is a relapse of it.
-- A relapse is told by the surge of the same unit and problem type right before: at most 30 days lie between its end,
-- or the solution of its case, and this one.
CREATE OR REPLACE VIEW {bi}.surge_cases {on_cluster}
(
    surge_id String COMMENT 'Id of the surge',
    level String COMMENT 'Level of its unit',
    unit String COMMENT 'Id of the unit',
    name String COMMENT 'Name of the unit; empty where the registry lacks it',
    estate_id String COMMENT 'The estate; empty for areas',
    community_id String COMMENT 'The community that it is or lies in; empty: none',
    street_id String COMMENT 'The street that it is or lies in; empty: none',
    district_id String COMMENT 'The district that it is or lies in; empty: none',
    city_id String COMMENT 'The city that it is or lies in',
    category String COMMENT 'Problem type that most requests had when it opened; empty: unknown',
    opened_at DateTime64(3, 'UTC') COMMENT 'When it was decided, in event time',
    opened_date Date COMMENT 'Day of opened_at in the platform''s zone: group and filter by this',
    cleared_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the surge ended, in event time; NULL: it still goes on',
    requests UInt64 COMMENT 'Requests that it owns: its request_ids (at most 500), as far as they count at the unit',
    requests_open UInt64 COMMENT 'Of these, those that are open: not closed, or reopened since',
    requests_reopened UInt64 COMMENT 'Of these, those that were ever reopened',
    case_status String COMMENT 'open: a request is open; solved: all are closed; relapsed: the case came back (relapsed_at)',
    solved_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the last of its requests was closed; NULL: one is open',
    relapsed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it came back: a request was reopened and is open, all having been closed once, or the next surge of unit and problem type opened within 30 days; NULL: it did not',
    relapse_of String COMMENT 'The earlier surge of unit and problem type that it is a relapse of; empty: none'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
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
                        request_id, is_open, closed_at, reopened_at AS again_at,
                        estate_id, community_id, street_id, district_id, city_id
                    FROM {db}.requests FINAL
                    WHERE events > 0 AND request_id IN (SELECT arrayJoin(request_ids) FROM {db}.surges FINAL)
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
COMMENT 'What became of each surge: how many of its requests are open, whether it is solved, and whether it came back';
