-- What is known of an area's estates together.
SELECT
    count() AS estates, countIf(status = 'delivered') AS delivered, sum(ifNull(households, 0)) AS households,
    countIf(party_branch_founded_on IS NOT NULL) AS branches, countIf(ifNull(may_elect_committee, false)) AS may_elect,
    countIf(committee = 'elected') AS elected, uniqExactIf(property_company, property_company != '') AS companies
FROM {bi}.estates
WHERE {in_unit} AND {in_scope}
