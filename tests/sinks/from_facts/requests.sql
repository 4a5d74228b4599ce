-- What bi.requests says, put together from the facts; what happened last is found by a tuple.
WITH
    (SELECT fromUnixTimestamp64Milli(max(clock_ms), 'UTC') FROM {db}.progress) AS clock
SELECT
    source,
    request_id,
    minIfOrNull(f.occurred_at, kind = 'opened') AS opened_at,
    toDate(opened_at, '{zone}') AS opened_date,
    minIfOrNull(f.occurred_at, kind = 'assigned') AS assigned_at,
    if(is_open, NULL, maxIfOrNull(f.occurred_at, kind = 'closed')) AS closed_at,
    countIf(kind = 'reopened') AS reopened,
    countIf(kind = 'petitioned') > 0 AS petitioned,
    argMaxIfOrNull(kind = 'closed', at, kind IN ('opened', 'closed', 'reopened')) IS DISTINCT FROM true AS is_open,
    argMaxIfOrNull(assumeNotNull(f.due_at), at, f.due_at IS NOT NULL) AS due_at,
    ifNull(if(is_open, clock, closed_at) > due_at, false) AS is_overdue,
    if(assigned_at < opened_at, NULL, dateDiff('second', opened_at, assigned_at)) AS seconds_to_assign,
    dateDiff('second', opened_at, closed_at) AS seconds_to_close,
    argMaxIfOrNull(assumeNotNull(f.satisfaction), at, f.satisfaction IS NOT NULL) AS satisfaction,
    argMaxIf(f.status, at, f.status != '') AS status,
    argMaxIf(f.department, at, f.department != '') AS department,
    argMin(f.problem_type, first_at) AS problem_type,
    dictGetOrDefault(
        '{db}.candidates_dict', 'estate_id', tuple(toString(argMin(f.estate_id, first_at) AS counted_at)),
        toString(counted_at)
    ) AS estate_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('estate', estate_id), '') AS estate,
    argMin(f.community_id, first_at) AS community_id,
    argMin(f.street_id, first_at) AS street_id,
    argMin(f.district_id, first_at) AS district_id,
    argMin(f.city_id, first_at) AS city_id,
    count() AS events,
    max(f.occurred_at) AS changed_at
FROM
(
    SELECT
        *,
        (occurred_at, epoch, off) AS at, (kind != 'opened', occurred_at, epoch, off) AS first_at
    FROM {db}.complaints FINAL
) AS f
GROUP BY source, request_id
