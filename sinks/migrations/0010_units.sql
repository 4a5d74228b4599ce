-- The registry of units: estates and the areas above them, five levels in one table.
-- ORDER BY (level, id): a unit is known by both. A load writes every unit of a registry version anew; the
-- latest load wins, and readers take the rows of the newest version only (view of 0011), so that a unit that a
-- registry has dropped disappears without a DELETE.
CREATE TABLE IF NOT EXISTS {db}.units {on_cluster}
(
    level LowCardinality(String) COMMENT 'estate, community, street, district or city',
    id String COMMENT 'Id in the registry; with the level it is the key',
    name String COMMENT 'Name to show',
    parent String COMMENT 'Id of the unit right above; empty for the city',
    community_id String COMMENT 'The community that it is or lies in; empty where not known',
    street_id String COMMENT 'The street that it is or lies in; empty where not known',
    district_id String COMMENT 'The district that it is or lies in; empty where not known',
    city_id String COMMENT 'The city that it is or lies in',
    aliases Array(String) COMMENT 'Other names by which messages call it',
    address String COMMENT 'Postal address of an estate',
    lon Nullable(Float64) COMMENT 'Degrees east, WGS-84',
    lat Nullable(Float64) COMMENT 'Degrees north, WGS-84',
    households Nullable(UInt32) COMMENT 'Households of an estate; NULL where not known',
    property_company LowCardinality(String) COMMENT 'Property-service company of an estate',
    developer LowCardinality(String) COMMENT 'Developer of an estate',
    status LowCardinality(String) COMMENT 'delivered, on_sale or building; empty for areas',
    party_branch_founded_on Nullable(Date) COMMENT 'When the estate''s party branch was founded; NULL: none, or not known',
    branch_secretary_is_owner Nullable(Bool) COMMENT 'Whether the secretary of the branch is an owner',
    branch_has_premises Nullable(Bool) COMMENT 'Whether the branch has premises of its own',
    may_elect_committee Nullable(Bool) COMMENT 'Whether the conditions for electing an owners'' committee are met',
    committee LowCardinality(String) COMMENT 'Owners'' committee: elected, preparing, not_started; empty where it may not elect one',
    committee_party_share Nullable(Float64) COMMENT 'Share of party members in the committee, 0 to 1',
    chair_is_party_member Nullable(Bool) COMMENT 'Whether the committee''s chair is a party member',
    chair_is_branch_secretary Nullable(Bool) COMMENT 'Whether the chair is the branch secretary too',
    company_has_party_branch Nullable(Bool) COMMENT 'Whether the property company has a party branch',
    registry_version String COMMENT 'Version of the registry that this row was loaded from',
    loaded_at DateTime64(3, 'UTC') COMMENT 'When that version was loaded; the same for all its rows'
)
ENGINE = {engine:ReplacingMergeTree(loaded_at)}
ORDER BY (level, id)
COMMENT 'Registry of units, latest load of each; read units_current for those of the registry in force';
