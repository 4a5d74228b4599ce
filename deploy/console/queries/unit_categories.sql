-- Complaints by problem type: of the given days, and of as many days before them.
SELECT
    category, sumIf(opened, bucket >= {start:DateTime('UTC')}) AS now, sumIf(opened, bucket < {start:DateTime('UTC')}) AS before
FROM
(
    SELECT bucket, arrayJoin(categories) AS each, each.1 AS category, each.2 AS opened
    FROM {bi}.unit_counts
    WHERE level = {level:String} AND unit = {id:String} AND grain = 'day'
        AND bucket >= {before:DateTime('UTC')} AND bucket < {end:DateTime('UTC')}
)
GROUP BY category
ORDER BY now DESC, category
