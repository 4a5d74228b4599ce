-- What became of each request about a delivered estate, by the rules of docs/report.md. "Now" is the latest arrival
-- among the facts, so a replayed year is judged as it was lived through. What cannot be said yet is NULL and counts
-- in no rate.
-- A parameterised view has no columns of its own to comment: they are those of request_outcomes, which says the same of
-- requests as they have been put together by now. The registry is the one in force at any as_of, since the tables keep
-- no older one. What was known at a moment is put together from the facts: the table of requests holds the latest alone.
-- A request's events are ordered by one number, as in sinks/queries/states_of_requests.sql.
CREATE OR REPLACE VIEW {bi}.request_outcomes_at {on_cluster}
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS WITH
    (SELECT max(weighed_at) FROM {db}.complaints WHERE weighed_at < {as_of:DateTime64(3, 'UTC')}) AS clock,
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
                toInt128(toUnixTimestamp64Milli(occurred_at)) * bitShiftLeft(toInt128(1), 56)
                    + bitShiftLeft(toInt128(epoch), 40) + off AS at,
                if(kind = 'opened', at, at + bitShiftLeft(toInt128(1), 110)) AS first_at
            FROM {db}.complaints FINAL
            WHERE weighed_at < {as_of:DateTime64(3, 'UTC')}
        ) AS f
        GROUP BY source, request_id
        HAVING countIf(kind = 'opened') > 0
    )
{include:outcomes_of_requests}
COMMENT 'Parameterised by as_of: request_outcomes as they were known at that moment';
CREATE OR REPLACE VIEW {bi}.request_outcomes {on_cluster}
(
    source String COMMENT 'Request system that sent it',
    request_id String COMMENT 'Number of the request in its source',
    opened_at DateTime64(3, 'UTC') COMMENT 'When it was opened',
    opened_date Date COMMENT 'Day of opened_at in the platform''s zone: group and filter by this',
    year UInt16 COMMENT 'Calendar year of opened_date',
    estate_id String COMMENT 'Estate that it is about: one that is lived in',
    estate String COMMENT 'Name of the estate',
    property_company String COMMENT 'Its property-service company in the registry in force; empty: not known',
    community_id String COMMENT 'Community of the estate; empty: not known',
    street_id String COMMENT 'Street of the estate; empty: not known',
    district_id String COMMENT 'District of the estate; empty: not known',
    problem_type String COMMENT 'The platform''s problem type',
    solvable_by String COMMENT 'estate: can be solved there; district: needs levels above (siting, facilities, construction)',
    is_company_matter Bool COMMENT 'Whether the property-service company answers for problems of this type',
    is_answered Nullable(Bool) COMMENT 'Assigned, updated or closed within 24 hours; NULL: these have not passed yet',
    is_solved Nullable(Bool) COMMENT 'Closed and not reopened since; false: open after it was due (30 days where no day was set); NULL: still in time',
    is_satisfied Nullable(Bool) COMMENT 'Last rated 0.5 (fairly satisfied) or better; NULL: not rated',
    reopened UInt64 COMMENT 'How often it was reopened',
    days_overdue Float64 COMMENT 'Days that it has been open after it was due; 0: closed, or still in time',
    points UInt8 COMMENT 'Of a company''s matter: 1, and 1 each if not answered, not solved, not satisfied; else 0'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS WITH
    assumeNotNull((SELECT max(heard_at) FROM {db}.requests)) AS clock,
    requests AS
    (
        SELECT
            source, request_id, assumeNotNull(k.opened_at) AS opened_at, answered_at, NOT is_open AS is_closed,
            due_at AS said_due_at, satisfaction AS rating, toUInt64(k.reopened) AS reopened,
            toString(k.problem_type) AS problem_type, toString(k.estate_id) AS estate_id
        FROM {db}.requests AS k FINAL
        WHERE k.events > 0 AND isNotNull(k.opened_at)
    )
{include:outcomes_of_requests}
COMMENT 'What became of each request about an estate that is lived in, as requests (some seconds behind); request_outcomes_at(as_of = ''2021-12-31 16:00:00'') says it as it was known at a moment (UTC)';
