-- Requests opened and petitions about a district's estates, as known at a moment, by month. Each counts once, on the day
-- of its first such event; what is tied to no estate of the registry does not count.
SELECT
    multiIf(
        day BETWEEN {first:Date} AND {last:Date}, 'this',
        day BETWEEN {before_first:Date} AND {before_last:Date}, 'before',
        ''
    ) AS span,
    toStartOfMonth(day) AS month,
    countIf(kind = 'opened') AS events,
    countIf(kind = 'petitioned') AS petitions,
    countIf(kind = 'petitioned' AND is_housing) AS petitions_housing
FROM
(
    SELECT kind, min(local_date) AS day, max(category IN ('规划国土', '住房建设')) AS is_housing
    FROM {db}.complaints FINAL
    WHERE kind IN ('opened', 'petitioned')
        AND district_id = {district:String}
        AND weighed_at < {as_of:DateTime64(3)}
        AND estate_id IN (SELECT id FROM {db}.units_current WHERE level = 'estate')
    GROUP BY source, request_id, kind
)
GROUP BY span, month
ORDER BY month, span
