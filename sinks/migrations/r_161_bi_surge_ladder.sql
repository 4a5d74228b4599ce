-- How far each surge climbed before it was solved. Only surges that somebody was told of count as solved: what a
-- replay finds was never on the ladder. One that people called none is not solved, it was none.
CREATE OR REPLACE VIEW {bi}.surge_ladder {on_cluster}
(
    surge_id String COMMENT 'Id of the surge',
    level String COMMENT 'Level of its unit, which is asked first',
    unit String COMMENT 'Id of the unit',
    name String COMMENT 'Name of the unit; empty where the registry lacks it',
    estate_id String COMMENT 'The estate; empty for areas',
    community_id String COMMENT 'The community that it is or lies in; empty: none',
    street_id String COMMENT 'The street that it is or lies in; empty: none',
    district_id String COMMENT 'The district that it is or lies in; empty: none',
    city_id String COMMENT 'The city that it is or lies in',
    opened_at DateTime64(3, 'UTC') COMMENT 'When it was decided, in event time',
    opened_date Date COMMENT 'Day of opened_at in the platform''s zone: group and filter by this',
    told_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When its level was first told (wall clock); NULL: never',
    taken_up_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When people first did something about it; NULL: not yet',
    minutes_to_take_up Nullable(Float64) COMMENT 'Minutes from the one to the other',
    raises UInt64 COMMENT 'How often it was raised, by the ladder or by hand',
    reached_level String COMMENT 'The highest level that was asked',
    is_solved Bool COMMENT 'Whether it is over: cleared by the detector, or called solved by people'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    s.surge_id AS surge_id, toString(s.level) AS level, s.unit AS unit,
    dictGetOrDefault('{db}.units_dict', 'name', (toString(s.level), s.unit), '') AS name,
    s.estate_id AS estate_id, s.community_id AS community_id, s.street_id AS street_id,
    s.district_id AS district_id, s.city_id AS city_id,
    s.opened_at AS opened_at,
    toDate(s.opened_at, '{zone}') AS opened_date,
    a.told_at AS told_at,
    a.taken_up_at AS taken_up_at,
    dateDiff('millisecond', a.told_at, a.taken_up_at) / 60000 AS minutes_to_take_up,
    a.raises AS raises,
    if(a.raised_to = '', toString(s.level), a.raised_to) AS reached_level,
    isNotNull(a.told_at) AND a.last_word != 'not_a_surge'
        AND (s.state = 'cleared' OR a.last_word = 'resolve') AS is_solved
FROM (SELECT * FROM {db}.surges FINAL) AS s
LEFT JOIN
(
    SELECT
        surge_id,
        minOrNullIf(at, action = 'tell') AS told_at,
        minOrNullIf(at, actor != 'ladder') AS taken_up_at,
        countIf(action = 'raise') AS raises,
        toString(argMaxIf(level, at, action = 'raise')) AS raised_to,
        toString(argMaxIf(action, at, action IN ('resolve', 'not_a_surge', 'raise'))) AS last_word
    FROM {db}.surge_actions FINAL
    GROUP BY surge_id
) AS a ON a.surge_id = s.surge_id
COMMENT 'How far each surge climbed before it was solved';
