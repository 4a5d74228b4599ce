-- How many calendar years in a row, up to the last whole one on record, an estate has been without a petition. A mass
-- incident reaches the platform as a petition of many persons, so no petition says neither. The record of petitions
-- is that of the district: it begins with its first year and cannot speak of the time before.
CREATE OR REPLACE VIEW {bi}.estate_quiet_years {on_cluster}
(
    estate_id String COMMENT 'The estate',
    estate String COMMENT 'Its name',
    district_id String COMMENT 'Its district',
    last_petition_year Nullable(UInt16) COMMENT 'Year of its last petition; NULL: none on record',
    last_year UInt16 COMMENT 'Last whole year on record in the district',
    quiet_years UInt16 COMMENT 'Years in a row without a petition, last_year included'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS WITH
    facts AS
    (
        SELECT estate_id, toString(district_id) AS district_id, kind, local_date
        FROM {db}.complaints FINAL
    ),
    records AS
    (
        SELECT
            district_id,
            toYear(minIf(local_date, kind = 'petitioned')) AS first_year,
            toUInt16(toYear(max(local_date) + 1) - 1) AS last_year
        FROM facts
        GROUP BY district_id
        HAVING countIf(kind = 'petitioned') > 0
    ),
    petitions AS
    (
        SELECT estate_id, max(toYear(local_date)) AS last_petition_year
        FROM facts
        WHERE kind = 'petitioned'
        GROUP BY estate_id
    )
SELECT
    units.id AS estate_id,
    units.name AS estate,
    units.district_id AS district_id,
    nullIf(petitions.last_petition_year, 0) AS last_petition_year,
    records.last_year AS last_year,
    toUInt16(greatest(0, toInt32(last_year) - greatest(petitions.last_petition_year, records.first_year - 1)))
        AS quiet_years
FROM {db}.units_current AS units
INNER JOIN records ON records.district_id = units.district_id
LEFT JOIN petitions ON petitions.estate_id = units.id
WHERE units.level = 'estate' AND units.status = 'delivered'
COMMENT 'Years in a row in which an estate had no petition';
