-- Property-service companies by year, those without a complaint too: every company of the registry in force has a
-- row for every year on record in its district. Raw figures; scores, intervals and lists need what SQL lacks and are
-- made from the same view by `pulse report` (docs/report.md).
CREATE OR REPLACE VIEW {bi}.company_years {on_cluster}
(
    district_id String COMMENT 'District whose estates are counted',
    property_company String COMMENT 'Property-service company',
    year UInt16 COMMENT 'Calendar year in the platform''s zone in which requests were opened',
    estates UInt64 COMMENT 'Delivered estates that it serves, by the registry in force',
    households UInt64 COMMENT 'Households of these',
    complaints UInt64 COMMENT 'Requests opened about these, of all types',
    company_matters UInt64 COMMENT 'Of these, of types that the company answers for',
    complaints_per_1000 Nullable(Float64) COMMENT 'company_matters for 1,000 households; NULL: no households known',
    response_rate Nullable(Float64) COMMENT 'Share of company_matters answered within 24 hours, 0 to 1; NULL: none is decided',
    solution_rate Nullable(Float64) COMMENT 'Share of company_matters solved, of those solved or overdue, 0 to 1; NULL: none is decided',
    satisfaction_rate Nullable(Float64) COMMENT 'Share of rated company_matters rated 0.5 or better, 0 to 1; NULL: none is rated',
    rated UInt64 COMMENT 'Company_matters that were rated',
    points UInt64 COMMENT 'Sum of the points of company_matters, on which the credit score rests',
    points_squared UInt64 COMMENT 'Sum of their squares',
    points_per_1000 Nullable(Float64) COMMENT 'points for 1,000 households; NULL: no households known'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS WITH
    companies AS
    (
        SELECT district_id, toString(property_company) AS property_company, count() AS estates, sum(ifNull(households, 0)) AS households
        FROM {db}.units_current
        WHERE level = 'estate' AND status = 'delivered' AND property_company != ''
        GROUP BY district_id, property_company
    ),
    outcomes AS
    (
        SELECT
            district_id,
            property_company,
            year,
            count() AS complaints,
            countIf(is_company_matter) AS company_matters,
            avgOrNullIf(assumeNotNull(is_answered), is_company_matter AND isNotNull(is_answered)) AS response_rate,
            avgOrNullIf(assumeNotNull(is_solved), is_company_matter AND isNotNull(is_solved)) AS solution_rate,
            avgOrNullIf(assumeNotNull(is_satisfied), is_company_matter AND isNotNull(is_satisfied)) AS satisfaction_rate,
            countIf(is_company_matter AND isNotNull(is_satisfied)) AS rated,
            sum(o.points) AS points,
            sum(toUInt64(o.points) * o.points) AS points_squared
        FROM {bi}.request_outcomes AS o
        GROUP BY district_id, property_company, year
    ),
    years AS (SELECT DISTINCT district_id, year FROM outcomes)
SELECT
    c.district_id AS district_id,
    c.property_company AS property_company,
    years.year AS year,
    c.estates AS estates,
    c.households AS households,
    outcomes.complaints AS complaints,
    outcomes.company_matters AS company_matters,
    1000 * company_matters / nullIf(households, 0) AS complaints_per_1000,
    outcomes.response_rate AS response_rate,
    outcomes.solution_rate AS solution_rate,
    outcomes.satisfaction_rate AS satisfaction_rate,
    outcomes.rated AS rated,
    outcomes.points AS points,
    outcomes.points_squared AS points_squared,
    1000 * points / nullIf(households, 0) AS points_per_1000
FROM companies AS c
INNER JOIN years ON years.district_id = c.district_id
LEFT JOIN outcomes ON outcomes.district_id = c.district_id AND outcomes.property_company = c.property_company
    AND outcomes.year = years.year
COMMENT 'Complaints, three rates and points of each property-service company and year';
