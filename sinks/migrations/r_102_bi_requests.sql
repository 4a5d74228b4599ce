-- One row a request, as the writer has put it together from its events (sinks/requests.py): harmless to repeats and late
-- events, since it does so anew from all of them. "Now" is the clock of the data, not the wall's: a replayed year is
-- judged as it was lived through; and the clock up to which requests are put together, so that none is overdue for a
-- closing that is stored and not yet taken up. A request of an estate which the registry lacked then is of the estate
-- that it is now; one that was assigned before it was opened, by a clock that is wrong, has no time to it.
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
    (SELECT fromUnixTimestamp64Milli(max(clock_ms), 'UTC') FROM {db}.request_readings) AS clock
SELECT
    source,
    request_id,
    opened_at,
    toDate(opened_at, '{zone}') AS opened_date,
    assigned_at,
    if(is_open, NULL, r.closed_at) AS closed_at,
    toUInt64(r.reopened) AS reopened,
    petitioned,
    is_open,
    due_at,
    ifNull(if(is_open, clock, closed_at) > due_at, false) AS is_overdue,
    if(assigned_at < opened_at, NULL, dateDiff('second', opened_at, assigned_at)) AS seconds_to_assign,
    dateDiff('second', opened_at, closed_at) AS seconds_to_close,
    satisfaction,
    status,
    department,
    problem_type,
    dictGetOrDefault('{db}.candidates_dict', 'estate_id', tuple(toString(r.estate_id)), toString(r.estate_id)) AS estate_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('estate', estate_id), '') AS estate,
    community_id,
    street_id,
    district_id,
    city_id,
    toUInt64(r.events) AS events,
    changed_at
FROM {db}.requests AS r FINAL
WHERE r.events > 0
COMMENT 'One row a request: its latest state, and how long its steps took; some seconds behind its events (freshness: requests_clock)';
