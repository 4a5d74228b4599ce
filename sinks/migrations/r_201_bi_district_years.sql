-- Complaints and petitions about a district's estates, year by year of local time. A complaint is a request that
-- was opened, a petition one that was petitioned; each counts once however often it is told of. What is tied to no
-- estate of the registry does not count. FINAL, so that neither a repeat nor a changed tag counts twice.
CREATE OR REPLACE VIEW {bi}.district_years {on_cluster}
(
    district_id String COMMENT 'The district',
    year UInt16 COMMENT 'Calendar year in the platform''s zone',
    events UInt64 COMMENT 'Requests opened about estates of the district',
    estates_delivered UInt64 COMMENT 'Delivered estates of the registry in force',
    events_per_estate Nullable(Float64) COMMENT 'events / estates_delivered; NULL: no such estate',
    growth_percent Nullable(Float64) COMMENT 'Growth of events on the year before, in percent; NULL: it had none',
    petitions UInt64 COMMENT 'Petitions about estates of the district',
    petitions_housing UInt64 COMMENT 'Of these, in the register''s categories of planning, housing and construction'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS WITH
    years AS
    (
        SELECT
            district_id,
            toYear(local_date) AS year,
            uniqExactIf((source, request_id), kind = 'opened') AS events,
            uniqExactIf((source, request_id), kind = 'petitioned') AS petitions,
            uniqExactIf(
                (source, request_id),
                kind = 'petitioned' AND category IN ('规划国土', '住房建设')
            ) AS petitions_housing
        FROM {db}.complaints FINAL
        WHERE kind IN ('opened', 'petitioned')
            AND estate_id IN (SELECT id FROM {db}.units_current WHERE level = 'estate')
        GROUP BY district_id, year
    ),
    estates AS
    (
        SELECT district_id, count() AS delivered
        FROM {db}.units_current
        WHERE level = 'estate' AND status = 'delivered'
        GROUP BY district_id
    )
SELECT
    toString(years.district_id) AS district_id,
    years.year AS year,
    years.events AS events,
    estates.delivered AS estates_delivered,
    years.events / nullIf(estates.delivered, 0) AS events_per_estate,
    100 * (years.events / nullIf(if(previous_year = years.year - 1, previous, 0), 0) - 1) AS growth_percent,
    years.petitions AS petitions,
    years.petitions_housing AS petitions_housing
FROM
(
    SELECT
        *,
        lagInFrame(events) OVER before AS previous,
        lagInFrame(year) OVER before AS previous_year
    FROM years
    WINDOW before AS (PARTITION BY district_id ORDER BY year ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
) AS years
LEFT JOIN estates ON estates.district_id = years.district_id
COMMENT 'Complaints, growth and petitions of each district and year';
