-- Surges of a unit's estates that are solved, and those of them that no level above was asked about (问题不出小区率).
SELECT count() AS solved, countIf(reached_level = level) AS solved_there
FROM {bi}.surge_ladder
WHERE is_solved AND level = 'estate' AND opened_at >= {start:DateTime('UTC')} AND {in_unit} AND {in_scope}
