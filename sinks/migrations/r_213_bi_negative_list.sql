-- Hard facts that a company has to explain, whatever its score. No statistics, no shrinking: each row can be looked
-- up request by request.
CREATE OR REPLACE VIEW {bi}.negative_list_at {on_cluster}
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    district_id, property_company, estate_id, estate, reason, opened_date AS local_date, year, source, request_id
FROM {bi}.request_outcomes_at(as_of = {as_of:DateTime64(3, 'UTC')})
ARRAY JOIN arrayFilter(
    each -> each != '',
    [if(days_overdue > 90, 'long_overdue', ''), if(reopened > 1, 'reopened_twice', '')]
) AS reason
WHERE is_company_matter
UNION ALL
SELECT
    units.district_id AS district_id,
    toString(units.property_company) AS property_company,
    units.id AS estate_id,
    units.name AS estate,
    'mass_petition' AS reason,
    min(f.local_date) AS local_date,
    toYear(local_date) AS year,
    toString(f.source) AS source,
    f.request_id AS request_id
FROM
(
    SELECT *
    FROM {db}.complaints FINAL
    WHERE kind = 'petitioned' AND channel = '集体访' AND weighed_at < {as_of:DateTime64(3, 'UTC')}
) AS f
INNER JOIN {db}.units_current AS units ON units.id = f.estate_id
WHERE units.level = 'estate' AND units.status = 'delivered'
GROUP BY units.district_id, units.property_company, units.id, units.name, f.source, f.request_id
COMMENT 'Parameterised by as_of: negative_list as it was known at that moment';

CREATE OR REPLACE VIEW {bi}.negative_list {on_cluster}
(
    district_id String COMMENT 'District of the estate; empty: not known',
    property_company String COMMENT 'Property-service company of the estate; empty: not known',
    estate_id String COMMENT 'Estate where it happened',
    estate String COMMENT 'Name of the estate',
    reason String COMMENT 'mass_petition: a petition of many persons (channel 集体访); long_overdue: a company''s matter open over 90 days after it was due; reopened_twice: one reopened twice or more',
    local_date Date COMMENT 'Day of the petition, or on which the request was opened, in the platform''s zone',
    year UInt16 COMMENT 'Calendar year of local_date',
    source String COMMENT 'Request system that sent it',
    request_id String COMMENT 'Number of the request in its source'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT * FROM {bi}.negative_list_at(as_of = '2299-12-31 00:00:00')
COMMENT 'What a property-service company has to explain, request by request; negative_list_at(as_of = ...) as it was known at a moment';
