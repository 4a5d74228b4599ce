CREATE OR REPLACE VIEW {bi}.surges {on_cluster}
(
    surge_id String COMMENT 'Id of the episode; a replay finds the same',
    level String COMMENT 'Level of the unit: estate, community, street, district or city',
    unit String COMMENT 'Id of the unit',
    name String COMMENT 'Name of the unit; empty where the registry lacks it',
    estate_id String COMMENT 'The estate; empty for areas',
    community_id String COMMENT 'The community that it is or lies in; empty: none',
    street_id String COMMENT 'The street that it is or lies in; empty: none',
    district_id String COMMENT 'The district that it is or lies in; empty: none',
    city_id String COMMENT 'The city that it is or lies in',
    is_open Bool COMMENT 'Whether it still goes on',
    opened_at DateTime64(3, 'UTC') COMMENT 'When it was decided, in event time',
    opened_date Date COMMENT 'Day of opened_at in the platform''s zone: group and filter by this',
    cleared_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it ended, in event time; NULL: still open',
    updated_at DateTime64(3, 'UTC') COMMENT 'When it last changed, in event time',
    window_start DateTime64(3, 'UTC') COMMENT 'Start of the window that decided',
    window_end DateTime64(3, 'UTC') COMMENT 'End of the window that decided, not part of it',
    observed UInt32 COMMENT 'Distinct reporters'' requests in the window',
    expected Float64 COMMENT 'What the window would hold without a surge',
    expected_low Float64 COMMENT 'Low end of the central 90% of that',
    expected_high Float64 COMMENT 'High end of the central 90% of that',
    score Float64 COMMENT 'log10 of the recurrence interval: 5 = once in 100,000 unit-days',
    reporters UInt32 COMMENT 'Distinct reporters in the window',
    requests UInt32 COMMENT 'All requests in the window, repeats of one reporter included',
    categories Map(String, UInt32) COMMENT 'Requests by problem type',
    request_ids Array(String) COMMENT 'The requests that it consists of',
    children Array(String) COMMENT 'Of an area: the estates that carry it',
    detector_version String COMMENT 'Version of the detector that decided',
    category String COMMENT 'Problem type that most requests had when it opened; empty: unknown'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    surge_id, level, unit,
    dictGetOrDefault('{db}.units_dict', 'name', (toString(level), unit), '') AS name,
    estate_id, community_id, street_id, district_id, city_id,
    state = 'open' AS is_open,
    opened_at,
    toDate(opened_at, '{zone}') AS opened_date,
    cleared_at, updated_at, window_start, window_end, observed, expected, expected_low, expected_high, score,
    reporters, requests, CAST(categories, 'Map(String, UInt32)') AS categories, request_ids, children,
    detector_version, category
FROM {db}.surges FINAL
COMMENT 'Episodes in which a unit has more complaints than its history explains';
