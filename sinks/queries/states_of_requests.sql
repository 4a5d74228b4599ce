-- Included by whatever puts requests together from `facts`, their events, each once; `reading` is its version.
-- What happened last is found by one number, occurred_at in ms * 2^56 + epoch * 2^40 + off, that sorts as
-- (occurred_at, epoch, off) does, and 2^110 more of it where an opening goes before all else: aggregates by a tuple
-- keep boxed values, which took twice the time and memory.
SELECT
    request_id,
    source,
    minIfOrNull(f.occurred_at, kind = 'opened') AS opened_at,
    minIfOrNull(f.occurred_at, kind = 'assigned') AS assigned_at,
    minIfOrNull(f.occurred_at, kind IN ('assigned', 'updated', 'closed')) AS answered_at,
    maxIfOrNull(f.occurred_at, kind = 'closed') AS closed_at,
    maxIfOrNull(f.occurred_at, kind = 'reopened') AS reopened_at,
    toBool(argMaxIfOrNull(kind = 'closed', at, kind IN ('opened', 'closed', 'reopened')) IS DISTINCT FROM true) AS is_open,
    toUInt32(countIf(kind = 'reopened')) AS reopened,
    toBool(countIf(kind = 'petitioned') > 0) AS petitioned,
    argMaxIfOrNull(assumeNotNull(f.due_at), at, f.due_at IS NOT NULL) AS due_at,
    argMaxIfOrNull(assumeNotNull(f.satisfaction), at, f.satisfaction IS NOT NULL) AS satisfaction,
    argMaxIf(f.status, at, f.status != '') AS status,
    argMaxIf(f.department, at, f.department != '') AS department,
    argMin(f.problem_type, first_at) AS problem_type,
    argMin(f.estate_id, first_at) AS estate_id,
    argMin(f.community_id, first_at) AS community_id,
    argMin(f.street_id, first_at) AS street_id,
    argMin(f.district_id, first_at) AS district_id,
    argMin(f.city_id, first_at) AS city_id,
    toUInt32(count()) AS events,
    max(f.occurred_at) AS changed_at,
    max(f.weighed_at) AS heard_at,
    arraySort(groupUniqArray(toYYYYMM(f.occurred_at))) AS months,
    reading AS version
FROM
(
    SELECT
        *,
        toInt128(toUnixTimestamp64Milli(occurred_at)) * bitShiftLeft(toInt128(1), 56)
            + bitShiftLeft(toInt128(epoch), 40) + off AS at,
        if(kind = 'opened', at, at + bitShiftLeft(toInt128(1), 110)) AS first_at
    FROM facts
) AS f
GROUP BY request_id, source
