-- Spans of a unit's own surges, for shading its charts.
SELECT surge_id, opened_at, cleared_at, score
FROM {bi}.surges
WHERE level = {level:String} AND unit = {id:String} AND opened_at < {end:DateTime('UTC')}
    AND (is_open OR cleared_at >= {start:DateTime('UTC')}) AND {in_scope}
ORDER BY opened_at
