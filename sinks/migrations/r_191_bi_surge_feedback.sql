-- The false alerts that people saw, to be held against those that `pulse calibrate` works out.
CREATE OR REPLACE VIEW {bi}.surge_feedback {on_cluster}
(
    month Date COMMENT 'First day of the month in which the surges opened, in the platform''s zone',
    level String COMMENT 'Level of the surges'' units',
    category String COMMENT 'Problem type that most of their requests had when they opened; empty: unknown',
    surges UInt64 COMMENT 'Surges that opened',
    told UInt64 COMMENT 'Of these, those that anybody was told of',
    judged UInt64 COMMENT 'Of the surges, those that people took up or called not a surge',
    not_a_surge UInt64 COMMENT 'Of the judged, those called not a surge',
    share Nullable(Float64) COMMENT 'Share of the judged that were called not a surge; NULL: none was judged'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    toStartOfMonth(opened_date) AS month,
    level,
    category,
    count() AS surges,
    countIf(is_told) AS told,
    countIf(isNotNull(is_surge)) AS judged,
    countIf(is_surge = false) AS not_a_surge,
    not_a_surge / nullIf(judged, 0) AS share
FROM {bi}.surge_verdicts
GROUP BY month, level, category
COMMENT 'How many surges people called not a surge, by month, level and problem type';
