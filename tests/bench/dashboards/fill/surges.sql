-- Twenty surges a day, of all levels but mostly of estates; the last thirty are still open.
INSERT INTO {db}.surges
(
    surge_id, level, unit, estate_id, community_id, street_id, district_id, city_id, state, revision, opened_at,
    updated_at, cleared_at, window_start, window_end, observed, expected, expected_low, expected_high, score, reporters,
    requests, categories, request_ids, children, detector_version
)
SELECT
    lower(hex(sipHash64(number, 'surge'))), level, id, if(level = 'estate', id, ''), community_id, street_id, district_id,
    city_id, if(number + 30 < 20 * {days:UInt32}, 'cleared', 'open') AS state, 3,
    toDateTime64(toDateTime({first:Date}, '{zone}'), 3, 'UTC') + toIntervalSecond(number * 4320) AS opened_at,
    opened_at + INTERVAL 2 HOUR, if(state = 'open', NULL, opened_at + INTERVAL 3 HOUR), opened_at - INTERVAL 1 HOUR,
    opened_at, 5 + number % 20, 1.5, 0.5, 3., 5 + number % 40 / 10, 5 + number % 18, 6 + number % 22,
    map('noise', toUInt32(3 + number % 9), 'parking', toUInt32(2)),
    arrayMap(each -> concat('SZ', leftPad(toString(number * 97 + each), 10, '0')), range(6 + number % 22)), [], 'bench'
FROM
(
    SELECT number, sipHash64(number, 'unit') % (SELECT count() FROM {db}.units_current) AS rank
    FROM numbers(20 * {days:UInt32})
) AS numbers
INNER JOIN
(
    SELECT *, toUInt64(row_number() OVER (ORDER BY sipHash64(level, id)) - 1) AS rank FROM {db}.units_current
) AS units USING (rank)
