-- Days, months and years of each unit from the counts of its days, beside what was to be expected.
-- A day's rows are put to its own period (`is_own`) and to those that are judged by it: the same weekday in the four weeks
-- to come, the same month and year a year later. So one pass gives both, and a filter on level and unit reads their days
-- alone. A period that has nothing of its own has no row.
-- The band holds 90%: the square root of a Poisson count has about the variance 1/4 (Anscombe 1948), and 1.645 / 2 = 0.822.
-- Of a month or a year, the one before is as much a chance as this one: twice the variance.
-- Reporters: as in unit_counts.
CREATE OR REPLACE VIEW {bi}.unit_periods {on_cluster}
(
    level String COMMENT 'estate, community, street, district or city',
    unit String COMMENT 'Id of the unit; at level estate also ? and a name that the registry lacks, or unplaced',
    name String COMMENT 'Name of the unit; empty where the registry lacks it',
    grain String COMMENT 'day, month or year; filter by one of them',
    local_date Date COMMENT 'First day of the period in the platform''s zone: group and filter by this',
    opened UInt64 COMMENT 'Requests opened: the complaints',
    petitioned UInt64 COMMENT 'Requests that became petitions',
    closed UInt64 COMMENT 'Requests closed',
    reopened UInt64 COMMENT 'Requests reopened',
    categories Map(String, UInt64) COMMENT 'Opened requests by problem type',
    reporters UInt64 COMMENT 'Distinct reporters of opened requests; they do not sum over periods or units',
    reporters_are_exact Bool COMMENT 'Whether reporters is exact; else an estimate with a standard error of 6.3%',
    expected Nullable(Float64) COMMENT 'Requests opened that were to be expected: of a day the mean of the same weekday in the four weeks before, of a month or year the one a year earlier; NULL: the data begin later than that',
    expected_low Nullable(Float64) COMMENT 'Lower end of the band that holds 90% of such periods by chance',
    expected_high Nullable(Float64) COMMENT 'Upper end of the band'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS WITH
    (
        SELECT toDate(min(bucket), '{zone}') FROM {db}.unit_counts WHERE level = 'city' AND grain = 'day'
    ) AS first_day,
    if(grain = 'day', 0.25, 1) AS weight,
    if(grain = 'day', 0.822, 0.822 * sqrt(2)) AS reach,
    if(grain = 'day', local_date - 28, addYears(local_date, -1)) AS judged_from
SELECT
    level,
    unit,
    dictGetOrDefault('{db}.units_dict', 'name', (toString(level), unit), '') AS name,
    period.1 AS grain,
    period.2 AS local_date,
    sumIf(c.opened, is_own) AS opened,
    sumIf(c.petitioned, is_own) AS petitioned,
    sumIf(c.closed, is_own) AS closed,
    sumIf(c.reopened, is_own) AS reopened,
    CAST(sumMapIf(c.categories, is_own), 'Map(String, UInt64)') AS categories,
    if(reporters_are_exact, length(groupUniqArrayArrayIf(c.reporters, is_own) AS united),
        toUInt64(round(255 * 18446744073709551616. / arraySort(united)[256]))) AS reporters,
    maxIf(length(c.reporters), is_own) < 256 AS reporters_are_exact,
    if(judged_from < first_day, NULL, sumIf(c.opened, NOT is_own) * weight) AS expected,
    if(expected IS NULL, NULL, pow(greatest(0, sqrt(expected) - reach), 2)) AS expected_low,
    pow(sqrt(expected) + reach, 2) AS expected_high
FROM
(
    SELECT *, toDate(bucket, '{zone}') AS day
    FROM
    (
{include:counts_of_units_now}    )
    WHERE grain = 'day'
) AS c
ARRAY JOIN
    [
        ('day', day), ('day', day + 7), ('day', day + 14), ('day', day + 21), ('day', day + 28),
        ('month', toStartOfMonth(day)), ('month', addYears(toStartOfMonth(day), 1)),
        ('year', toStartOfYear(day)), ('year', addYears(toStartOfYear(day), 1))
    ] AS period,
    [true, false, false, false, false, true, false, true, false] AS is_own
GROUP BY level, unit, grain, local_date
HAVING countIf(is_own) > 0
COMMENT 'What happened at each unit in each day, month and year, beside what was to be expected';
