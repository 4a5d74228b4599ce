SELECT bucket, opened, closed, petitioned, reporters
FROM {bi}.unit_counts
WHERE level = {level:String} AND unit = {id:String} AND grain = {grain:String}
    AND bucket >= {start:DateTime('UTC')} AND bucket < {end:DateTime('UTC')}
ORDER BY bucket
