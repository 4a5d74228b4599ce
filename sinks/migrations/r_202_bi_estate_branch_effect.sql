-- Complaints at an estate before and after its party branch was founded, in two windows of equal length: as many
-- days as the record of the estate's district reaches on both sides of the founding, at most a year. So seasons
-- weigh alike where there is a year of each, and an old or very young branch, about which the record can say
-- nothing, has no row. Petitions are those since the founding, without a bound.
CREATE OR REPLACE VIEW {bi}.estate_branch_effect {on_cluster}
(
    estate_id String COMMENT 'The estate',
    estate String COMMENT 'Its name',
    district_id String COMMENT 'Its district',
    founded_on Date COMMENT 'When its party branch was founded',
    window_days UInt16 COMMENT 'Days of each window: before the founding, and from it on',
    complaints_before UInt64 COMMENT 'Requests opened in the window before',
    complaints_after UInt64 COMMENT 'Requests opened in the window after',
    change_percent Nullable(Float64) COMMENT 'Change from before to after, in percent; NULL: none before',
    petitions_after UInt64 COMMENT 'Petitions since the founding'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS WITH
    facts AS
    (
        SELECT estate_id, toString(district_id) AS district_id, kind, local_date, (source, request_id) AS request
        FROM {db}.complaints FINAL
        WHERE kind IN ('opened', 'petitioned')
    ),
    records AS
    (
        SELECT district_id, min(local_date) AS first_day, max(local_date) + 1 AS end_day
        FROM facts
        WHERE kind = 'opened'
        GROUP BY district_id
    ),
    branches AS
    (
        SELECT
            units.id AS estate_id,
            units.name AS estate,
            units.district_id AS district_id,
            assumeNotNull(units.party_branch_founded_on) AS founded_on,
            toUInt16(least(365, founded_on - records.first_day, records.end_day - founded_on)) AS window_days
        FROM {db}.units_current AS units
        INNER JOIN records ON records.district_id = units.district_id
        WHERE units.level = 'estate'
            AND units.party_branch_founded_on > records.first_day
            AND units.party_branch_founded_on < records.end_day
    )
SELECT
    branches.estate_id AS estate_id,
    branches.estate AS estate,
    branches.district_id AS district_id,
    branches.founded_on AS founded_on,
    branches.window_days AS window_days,
    uniqExactIf(
        facts.request,
        facts.kind = 'opened' AND facts.local_date >= founded_on - window_days AND facts.local_date < founded_on
    ) AS complaints_before,
    uniqExactIf(
        facts.request,
        facts.kind = 'opened' AND facts.local_date >= founded_on AND facts.local_date < founded_on + window_days
    ) AS complaints_after,
    100 * (complaints_after / nullIf(complaints_before, 0) - 1) AS change_percent,
    uniqExactIf(facts.request, facts.kind = 'petitioned' AND facts.local_date >= founded_on) AS petitions_after
FROM branches
LEFT JOIN facts ON facts.estate_id = branches.estate_id
GROUP BY estate_id, estate, district_id, founded_on, window_days
COMMENT 'Complaints before and after the founding of each estate''s party branch';
