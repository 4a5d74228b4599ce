-- What bi.request_outcomes_at says at a moment; what happened last is found by a tuple.
WITH
    (SELECT max(weighed_at) FROM {db}.complaints FINAL WHERE weighed_at < {as_of:DateTime64(3, 'UTC')}) AS clock,
    requests AS
    (
        SELECT
            source,
            request_id,
            minIf(f.occurred_at, kind = 'opened') AS opened_at,
            minIfOrNull(f.occurred_at, kind IN ('assigned', 'updated', 'closed')) AS answered_at,
            argMaxIf(kind, at, kind IN ('opened', 'closed', 'reopened')) = 'closed' AS is_closed,
            argMaxIfOrNull(assumeNotNull(f.due_at), at, isNotNull(f.due_at)) AS said_due_at,
            argMaxIfOrNull(assumeNotNull(f.satisfaction), at, isNotNull(f.satisfaction)) AS rating,
            countIf(kind = 'reopened') AS reopened,
            toString(argMin(f.problem_type, first_at)) AS problem_type,
            toString(argMin(f.estate_id, first_at)) AS estate_id
        FROM
        (
            SELECT
                *,
                (occurred_at, epoch, off) AS at, (kind != 'opened', occurred_at, epoch, off) AS first_at
            FROM {db}.complaints FINAL
            WHERE weighed_at < {as_of:DateTime64(3, 'UTC')}
        ) AS f
        GROUP BY source, request_id
        HAVING countIf(kind = 'opened') > 0
    )
SELECT
    toString(r.source) AS source,
    r.request_id AS request_id,
    r.opened_at AS opened_at,
    toDate(r.opened_at, '{zone}') AS opened_date,
    toYear(opened_date) AS year,
    units.id AS estate_id,
    units.name AS estate,
    toString(units.property_company) AS property_company,
    units.community_id AS community_id,
    units.street_id AS street_id,
    units.district_id AS district_id,
    r.problem_type AS problem_type,
    if(is_company_matter OR problem_type = 'owners_committee', 'estate', 'district') AS solvable_by,
    problem_type IN ('property_service', 'parking', 'noise', 'environment', 'safety_fire_elevator')
        AS is_company_matter,
    multiIf(
        r.answered_at <= r.opened_at + INTERVAL 24 HOUR, true,
        clock > r.opened_at + INTERVAL 24 HOUR, false,
        NULL
    ) AS is_answered,
    multiIf(r.is_closed, true, days_overdue > 0, false, NULL) AS is_solved,
    r.rating >= 0.5 AS is_satisfied,
    r.reopened AS reopened,
    if(r.is_closed, 0, greatest(0, dateDiff('second', coalesce(r.said_due_at, r.opened_at + INTERVAL 30 DAY), clock) / 86400))
        AS days_overdue,
    toUInt8(if(
        is_company_matter,
        1 + ifNull(NOT is_answered, false) + ifNull(NOT is_solved, false) + ifNull(NOT is_satisfied, false),
        0
    )) AS points
FROM requests AS r
INNER JOIN {db}.units_current AS units ON units.id = r.estate_id
WHERE units.level = 'estate' AND units.status = 'delivered'
