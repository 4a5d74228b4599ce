-- What a district records of its housing projects and of the self-government of those that are lived in: one row a
-- district, computed from the registry in force alone. Only delivered estates have residents, so all that is said
-- of branches, committees and companies is said of them.
CREATE OR REPLACE VIEW {bi}.district_governance {on_cluster}
(
    district_id String COMMENT 'The district',
    streets UInt64 COMMENT 'Streets of the district',
    communities UInt64 COMMENT 'Communities of the district',
    estates_delivered UInt64 COMMENT 'Housing projects that are lived in',
    estates_on_sale UInt64 COMMENT 'Housing projects being built and on sale',
    estates_building UInt64 COMMENT 'Housing projects being built and not yet on sale',
    households UInt64 COMMENT 'Households of the delivered estates',
    branches UInt64 COMMENT 'Delivered estates with a party branch',
    branch_secretaries_owners UInt64 COMMENT 'Branches whose secretary is an owner there',
    branches_since_2020 UInt64 COMMENT 'Branches founded in 2020 or later',
    branches_without_premises UInt64 COMMENT 'Branches without premises of their own',
    may_elect_committee UInt64 COMMENT 'Delivered estates that may elect an owners'' committee',
    committees_elected UInt64 COMMENT 'Of these, with an elected committee',
    committees_preparing UInt64 COMMENT 'Of these, preparing an election',
    committees_not_started UInt64 COMMENT 'Of these, not preparing one yet',
    chairs_party_members UInt64 COMMENT 'Chairs of a committee who are party members',
    chairs_branch_secretaries UInt64 COMMENT 'Chairs of a committee who are the branch secretary too',
    committee_party_share_mean Nullable(Float64) COMMENT 'Mean over the committees of the share of party members, 0 to 1; NULL: no committee',
    committees_over_half_party UInt64 COMMENT 'Committees of which more than half are party members',
    companies_with_party_branch UInt64 COMMENT 'Property-service companies with a party branch'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    district_id,
    countIf(level = 'street') AS streets,
    countIf(level = 'community') AS communities,
    countIf(lived_in) AS estates_delivered,
    countIf(status = 'on_sale') AS estates_on_sale,
    countIf(status = 'building') AS estates_building,
    sumIf(coalesce(households, 0), lived_in) AS households,
    countIf(lived_in AND isNotNull(party_branch_founded_on)) AS branches,
    countIf(lived_in AND branch_secretary_is_owner) AS branch_secretaries_owners,
    countIf(lived_in AND party_branch_founded_on >= toDate('2020-01-01')) AS branches_since_2020,
    countIf(lived_in AND NOT branch_has_premises) AS branches_without_premises,
    countIf(lived_in AND may_elect_committee) AS may_elect_committee,
    countIf(lived_in AND committee = 'elected') AS committees_elected,
    countIf(lived_in AND committee = 'preparing') AS committees_preparing,
    countIf(lived_in AND committee = 'not_started') AS committees_not_started,
    countIf(lived_in AND chair_is_party_member) AS chairs_party_members,
    countIf(lived_in AND chair_is_branch_secretary) AS chairs_branch_secretaries,
    avgOrNullIf(committee_party_share, lived_in AND committee = 'elected') AS committee_party_share_mean,
    countIf(lived_in AND committee_party_share > 0.5) AS committees_over_half_party,
    uniqExactIf(property_company, lived_in AND company_has_party_branch) AS companies_with_party_branch
FROM (SELECT *, level = 'estate' AND status = 'delivered' AS lived_in FROM {db}.units_current WHERE district_id != '')
GROUP BY district_id
COMMENT 'Housing projects and self-government of each district, from the registry in force';
