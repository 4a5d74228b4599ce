-- 问题不出小区率 is the share of the level `estate`: surges of estates that were solved there.
CREATE OR REPLACE VIEW {bi}.ladder_shares {on_cluster}
(
    month Date COMMENT 'First day of the month in which the surges opened, in the platform''s zone',
    level String COMMENT 'Level of the surges'' units, which was asked first',
    solved UInt64 COMMENT 'Surges that are solved',
    solved_there UInt64 COMMENT 'Of these, those that were never raised',
    share Float64 COMMENT 'Share of these: for estates the share of problems that did not leave the estate',
    solved_by_level Map(String, UInt64) COMMENT 'Solved surges by the highest level that was asked',
    median_minutes_to_take_up Nullable(Float64) COMMENT 'Half of the surges were taken up sooner than this'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    toStartOfMonth(opened_date) AS month,
    level,
    count() AS solved,
    countIf(reached_level = level) AS solved_there,
    solved_there / solved AS share,
    CAST(sumMap(map(reached_level, toUInt64(1))), 'Map(String, UInt64)') AS solved_by_level,
    quantileOrNullIf(0.5)(assumeNotNull(minutes_to_take_up), isNotNull(minutes_to_take_up)) AS median_minutes_to_take_up
FROM {bi}.surge_ladder
WHERE is_solved
GROUP BY month, level
COMMENT 'How many surges each level solved without raising them, by month';
