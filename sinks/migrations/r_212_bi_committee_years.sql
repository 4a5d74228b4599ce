-- Owners' committees by what residents said of how their requests were dealt with at the estate.
CREATE OR REPLACE VIEW {bi}.committee_years {on_cluster}
(
    district_id String COMMENT 'District of the estate; empty: not known',
    estate_id String COMMENT 'Estate whose committee it is',
    estate String COMMENT 'Name of the estate',
    year UInt16 COMMENT 'Calendar year in the platform''s zone in which requests were opened',
    complaints UInt64 COMMENT 'Requests that the estate can solve itself',
    rated UInt64 COMMENT 'Of these, rated',
    satisfied UInt64 COMMENT 'Of these, rated 0.5 (fairly satisfied) or better',
    satisfaction_rate Nullable(Float64) COMMENT 'satisfied / rated, 0 to 1; NULL: none is rated'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    o.district_id AS district_id,
    o.estate_id AS estate_id,
    any(o.estate) AS estate,
    o.year AS year,
    count() AS complaints,
    countIf(isNotNull(o.is_satisfied)) AS rated,
    countIf(o.is_satisfied) AS satisfied,
    satisfied / nullIf(rated, 0) AS satisfaction_rate
FROM {bi}.request_outcomes AS o
WHERE o.solvable_by = 'estate'
    AND o.estate_id IN (SELECT id FROM {db}.units_current WHERE level = 'estate' AND committee = 'elected')
GROUP BY o.district_id, o.estate_id, o.year
COMMENT 'Satisfaction of residents at each estate with an elected owners'' committee, by year';
