-- What people made of each surge, for calibration: the last word counts, as on the console. A silence says nothing of
-- it, nor does what the ladder does by itself. Nothing is derived from it: thresholds are set by hand.
CREATE OR REPLACE VIEW {bi}.surge_verdicts {on_cluster}
(
    surge_id String COMMENT 'Id of the surge',
    level String COMMENT 'Level of its unit',
    unit String COMMENT 'Id of the unit',
    estate_id String COMMENT 'The estate; empty for areas',
    community_id String COMMENT 'The community that it is or lies in; empty: none',
    street_id String COMMENT 'The street that it is or lies in; empty: none',
    district_id String COMMENT 'The district that it is or lies in; empty: none',
    city_id String COMMENT 'The city that it is or lies in',
    opened_at DateTime64(3, 'UTC') COMMENT 'When it was decided, in event time',
    opened_date Date COMMENT 'Day of opened_at in the platform''s zone: group and filter by this',
    category String COMMENT 'Problem type that most requests had when it opened; empty: unknown',
    score Float64 COMMENT 'log10 of the recurrence interval, the highest that it had',
    is_told Bool COMMENT 'Whether anybody was told of it: what a replay finds was never told',
    is_surge Nullable(Bool) COMMENT 'false: people called it not a surge; true: they took it up (acknowledged, raised, resolved) and did not; NULL: none of these',
    judged_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When they said so last (wall clock); NULL: nobody did',
    judged_by String COMMENT 'Account that said so; empty: nobody'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    s.surge_id AS surge_id, toString(s.level) AS level, s.unit AS unit, s.estate_id AS estate_id,
    s.community_id AS community_id, s.street_id AS street_id, s.district_id AS district_id, s.city_id AS city_id,
    s.opened_at AS opened_at,
    toDate(s.opened_at, '{zone}') AS opened_date,
    toString(s.category) AS category,
    s.score AS score,
    a.is_told AS is_told,
    if(a.last_word = '', NULL, a.last_word != 'not_a_surge') AS is_surge,
    a.judged_at AS judged_at,
    a.judged_by AS judged_by
FROM (SELECT * FROM {db}.surges FINAL) AS s
LEFT JOIN
(
    SELECT
        surge_id,
        countIf(action = 'tell') > 0 AS is_told,
        toString(argMaxIf(action, (at, action_id), is_word)) AS last_word,
        maxOrNullIf(at, is_word) AS judged_at,
        argMaxIf(actor, (at, action_id), is_word) AS judged_by
    FROM
    (
        SELECT *, actor != 'ladder' AND action IN ('acknowledge', 'raise', 'resolve', 'not_a_surge') AS is_word
        FROM {db}.surge_actions FINAL
    )
    GROUP BY surge_id
) AS a ON a.surge_id = s.surge_id
COMMENT 'What people made of each surge: whether it was one';
