-- Which surges were raised to a higher level, and how soon did people take them up?
SELECT name, level, opened_at, reached_level, raises, minutes_to_take_up, is_solved
FROM bi.surge_ladder
ORDER BY opened_at DESC
LIMIT 100
