-- The figures of a district's yearly report, one row each, numbered as in docs/example-district.md. Each is computed
-- by a view before this one; here they only get a key, a rounding and a sentence. The report singles out two estates
-- by name: what is said of them stands in the views of all estates, and is picked from there.
CREATE OR REPLACE VIEW {bi}.district_figures {on_cluster}
(
    district_id String COMMENT 'The district',
    number UInt8 COMMENT 'Number of the figure in the report',
    figure String COMMENT 'Key of the figure',
    value Float64 COMMENT 'Its value, rounded as the report rounds it',
    definition String COMMENT 'What is counted'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    district_id, row.1 AS number, row.2 AS figure, row.3 AS value, row.4 AS definition
FROM {bi}.district_governance
ARRAY JOIN
[
    (toUInt8(1), 'streets', toFloat64(streets), 'Streets'),
    (1, 'communities', toFloat64(communities), 'Communities'),
    (2, 'estates_delivered', toFloat64(estates_delivered), 'Estates that are lived in'),
    (3, 'estates_on_sale', toFloat64(estates_on_sale), 'Housing projects being built and on sale'),
    (3, 'estates_building', toFloat64(estates_building), 'Housing projects being built and not yet on sale'),
    (9, 'branches', toFloat64(branches), 'Delivered estates with a party branch'),
    (9, 'branches_percent', round(100 * branches / estates_delivered), 'Of the delivered estates, in percent'),
    (10, 'branch_secretaries_owners', toFloat64(branch_secretaries_owners), 'Branch secretaries who are owners there'),
    (11, 'branches_since_2020', toFloat64(branches_since_2020), 'Branches founded since 2020'),
    (11, 'branches_since_2020_percent', round(100 * branches_since_2020 / branches, 1), 'Of the branches, in percent'),
    (12, 'branches_without_premises', toFloat64(branches_without_premises), 'Branches without premises'),
    (12, 'branches_without_premises_percent', round(100 * branches_without_premises / branches), 'Of the branches, in percent'),
    (13, 'may_elect_committee', toFloat64(may_elect_committee), 'Estates that may elect an owners'' committee'),
    (14, 'committees_elected', toFloat64(committees_elected), 'Elected committees'),
    (14, 'committees_elected_percent', round(100 * committees_elected / may_elect_committee), 'Of those that may elect one, in percent'),
    (15, 'eligible_without_committee', toFloat64(may_elect_committee - committees_elected), 'Estates that may elect a committee and have none'),
    (15, 'committees_preparing', toFloat64(committees_preparing), 'Of these, preparing an election'),
    (15, 'committees_not_started', toFloat64(committees_not_started), 'Of these, not preparing one yet'),
    (16, 'chairs_party_members', toFloat64(chairs_party_members), 'Chairs of a committee who are party members'),
    (17, 'chairs_branch_secretaries', toFloat64(chairs_branch_secretaries), 'Chairs who are the branch secretary too'),
    (18, 'committee_party_share_percent', round(100 * coalesce(committee_party_share_mean, 0)), 'Mean share of party members in a committee, in percent'),
    (19, 'committees_over_half_party', toFloat64(committees_over_half_party), 'Committees of which more than half are party members'),
    (20, 'companies_with_party_branch', toFloat64(companies_with_party_branch), 'Property-service companies with a party branch')
] AS row
WHERE estates_delivered > 0
UNION ALL
SELECT
    district_id, row.1 AS number, row.2 AS figure, row.3 AS value, row.4 AS definition
FROM {bi}.district_years
ARRAY JOIN
[
    (toUInt8(4), concat('events_', toString(year)), toFloat64(events), 'Requests opened in the year about an estate'),
    (5, concat('events_per_estate_', toString(year)), round(coalesce(events_per_estate, 0)), 'The same for each delivered estate'),
    (6, concat('growth_', toString(year), '_percent'), round(coalesce(growth_percent, 0), 2), 'Growth on the year before, in percent')
] AS row
WHERE events > 0 AND (isNotNull(growth_percent) OR row.1 != 6)
UNION ALL
SELECT
    district_id, row.1 AS number, row.2 AS figure, row.3 AS value, row.4 AS definition
FROM
(
    SELECT district_id, sum(petitions) AS petitions, sum(petitions_housing) AS housing
    FROM {bi}.district_years
    GROUP BY district_id
    HAVING petitions > 0
)
ARRAY JOIN
[
    (toUInt8(7), 'petitions', toFloat64(petitions), 'Petitions about estates, all years on record'),
    (8, 'petitions_housing', toFloat64(housing), 'Of these, about planning, housing and construction'),
    (8, 'petitions_housing_percent', floor(100 * housing / petitions, 1), 'Of the petitions, in percent, cut to one decimal as the report does')
] AS row
UNION ALL
SELECT
    district_id, row.1 AS number, row.2 AS figure, row.3 AS value, row.4 AS definition
FROM {bi}.estate_branch_effect
ARRAY JOIN
[
    (toUInt8(21), 'model_estate_change_percent', round(coalesce(change_percent, 0)), concat(estate, ': complaints after its party branch was founded, in percent')),
    (21, 'model_estate_petitions', toFloat64(petitions_after), concat(estate, ': petitions since its party branch was founded'))
] AS row
WHERE estate = '京基御景花园'
UNION ALL
SELECT
    district_id,
    toUInt8(22) AS number,
    'quiet_estate_years' AS figure,
    toFloat64(quiet_years) AS value,
    concat(estate, ': years in a row without a petition or mass incident') AS definition
FROM {bi}.estate_quiet_years
WHERE estate = '金地朗悦花园'
COMMENT 'The figures of a district''s yearly report';
