-- One row a request, from its events: harmless to repeats and late events, since nothing is kept twice.
-- Attributes are those of its latest event. "Now" is the clock of the data, not the wall's: a replayed year is
-- judged as it was lived through. A request of an estate which the registry lacked then is of the estate that it is
-- now; one that was assigned before it was opened, by a clock that is wrong, has no time to it.
-- What happened last is found by one number, occurred_at in ms * 2^56 + epoch * 2^40 + off, that sorts as
-- (occurred_at, epoch, off) does, and 2^110 more of it where an opening goes before all else: aggregates by a tuple
-- keep boxed values, which took twice the time and memory.
CREATE OR REPLACE VIEW {bi}.requests {on_cluster}
(
    source String COMMENT 'Request system that sent it',
    request_id String COMMENT 'Number of the request in its source',
    opened_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was opened; NULL: the opening was not sent',
    opened_date Nullable(Date) COMMENT 'Day of opened_at in the platform''s zone: group and filter by this',
    assigned_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was first assigned; NULL: not yet',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was last closed; NULL: never, or reopened since',
    reopened UInt64 COMMENT 'How often it was reopened',
    petitioned Bool COMMENT 'Whether it became a petition',
    is_open Bool COMMENT 'Whether it is open: not closed, or reopened since',
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was to be done, as last said; NULL: not set',
    is_overdue Bool COMMENT 'Closed after it was due, or open and due before the clock of the data',
    seconds_to_assign Nullable(Int64) COMMENT 'From opening to first assignment; NULL: not yet, or before it by the clocks of the source',
    seconds_to_close Nullable(Int64) COMMENT 'From opening to last closing; NULL while open',
    satisfaction Nullable(Float64) COMMENT 'As last rated, 0 to 1; NULL: not rated',
    status String COMMENT 'The source''s own status, as last said',
    department String COMMENT 'Who is to deal with it, as last said',
    problem_type String COMMENT 'The platform''s problem type of its opening',
    estate_id String COMMENT 'Estate that its opening counts at',
    estate String COMMENT 'Name of the estate; empty where the registry lacks it',
    community_id String COMMENT 'Community that its opening counts at; empty: none known',
    street_id String COMMENT 'Street that its opening counts at; empty: none known',
    district_id String COMMENT 'District that its opening counts at; empty: none known',
    city_id String COMMENT 'City that its opening counts at',
    events UInt64 COMMENT 'How many events it has',
    changed_at DateTime64(3, 'UTC') COMMENT 'When its latest event occurred'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS WITH
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
        toInt128(toUnixTimestamp64Milli(occurred_at)) * bitShiftLeft(toInt128(1), 56)
            + bitShiftLeft(toInt128(epoch), 40) + off AS at,
        if(kind = 'opened', at, at + bitShiftLeft(toInt128(1), 110)) AS first_at
    FROM {db}.complaints FINAL
) AS f
GROUP BY source, request_id
COMMENT 'One row a request: its latest state, and how long its steps took';
