-- How many surges of a district's units, opened in a span of days, each level solved without raising them.
SELECT level, count() AS solved, countIf(reached_level = level) AS solved_there
FROM {bi}.surge_ladder
WHERE is_solved AND district_id = {district:String} AND opened_date BETWEEN {first:Date} AND {last:Date}
GROUP BY level
ORDER BY level
