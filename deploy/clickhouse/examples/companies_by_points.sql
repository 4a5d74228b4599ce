-- The points on which companies' credit rests, for 1,000 households. Their rank with intervals is `pulse report`'s.
SELECT year, property_company, estates, households, company_matters, points_per_1000
FROM bi.company_years
WHERE points_per_1000 IS NOT NULL
ORDER BY year, points_per_1000 DESC
