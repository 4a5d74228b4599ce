CREATE OR REPLACE VIEW {bi}.estates {on_cluster}
(
    estate_id String COMMENT 'Id in the registry',
    name String COMMENT 'Name to show',
    aliases Array(String) COMMENT 'Other names by which messages call it',
    address String COMMENT 'Postal address',
    community_id String COMMENT 'Community that it lies in; empty: not known',
    community String COMMENT 'Name of the community',
    street_id String COMMENT 'Street that it lies in; empty: not known',
    street String COMMENT 'Name of the street',
    district_id String COMMENT 'District that it lies in; empty: not known',
    district String COMMENT 'Name of the district',
    city_id String COMMENT 'City that it lies in',
    lon Nullable(Float64) COMMENT 'Degrees east, WGS-84',
    lat Nullable(Float64) COMMENT 'Degrees north, WGS-84',
    households Nullable(UInt32) COMMENT 'Households; NULL: not known',
    property_company String COMMENT 'Property-service company',
    developer String COMMENT 'Developer',
    status String COMMENT 'delivered, on_sale or building',
    party_branch_founded_on Nullable(Date) COMMENT 'When its party branch was founded; NULL: none, or not known',
    branch_secretary_is_owner Nullable(Bool) COMMENT 'Whether the secretary of the branch is an owner',
    branch_has_premises Nullable(Bool) COMMENT 'Whether the branch has premises of its own',
    may_elect_committee Nullable(Bool) COMMENT 'Whether the conditions for electing an owners'' committee are met',
    committee String COMMENT 'Owners'' committee: elected, preparing, not_started; empty where it may not elect one',
    committee_party_share Nullable(Float64) COMMENT 'Share of party members in the committee, 0 to 1',
    chair_is_party_member Nullable(Bool) COMMENT 'Whether the committee''s chair is a party member',
    chair_is_branch_secretary Nullable(Bool) COMMENT 'Whether the chair is the branch secretary too',
    company_has_party_branch Nullable(Bool) COMMENT 'Whether the property company has a party branch',
    registry_version String COMMENT 'Version of the registry in force'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    id AS estate_id, name, aliases, address,
    community_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('community', community_id), '') AS community,
    street_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('street', street_id), '') AS street,
    district_id,
    dictGetOrDefault('{db}.units_dict', 'name', ('district', district_id), '') AS district,
    city_id, lon, lat, households, property_company, developer, status, party_branch_founded_on,
    branch_secretary_is_owner, branch_has_premises, may_elect_committee, committee, committee_party_share,
    chair_is_party_member, chair_is_branch_secretary, company_has_party_branch, registry_version
FROM {db}.units_current
WHERE level = 'estate'
COMMENT 'Estates of the registry in force, with their areas and their self-government';
