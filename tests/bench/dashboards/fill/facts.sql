-- Requests of some local days, four events each: opened, assigned, closed, and a last one that is mostly a rating.
-- Skew: an estate at rank x of n has complaints as x^-1/2; hours as a bell around noon; more in summer; one request
-- in 30 is never closed, one in 30 names an estate that the registry lacks, one in 50 none. Ids are hashes, as those
-- of request systems are for a sorting key: in no order of time.
INSERT INTO {db}.complaints
(
    source, request_id, event_id, kind, occurred_at, weighed_at, zone, estate_id, community_id, street_id, district_id,
    city_id, tag_name, tag_surface, tag_rule, tag_evidence, tag_confidence, other_tags, tag_version, problem_type,
    problem_confidence, title, text, address, crs, category, channel, reporter, reporter_hash, status, department, due_at,
    satisfaction, registry_version, epoch, part, off
)
SELECT
    ['12345', 'grid', 'app'][1 + r % 3 * (r % 5 > 2)] AS source,
    concat('SZ', leftPad(toString(r), 10, '0')) AS request_id,
    lower(hex(sipHash64(r, step))) AS event_id,
    multiIf(
        step = 0, 'opened', step = 1, 'assigned', sipHash64(r, 'lost') % 30 = 0, 'updated', step = 2, 'closed',
        last < 60, 'rated', last < 65, 'reopened', last < 66, 'petitioned', 'updated') AS kind,
    opened_at + toIntervalMillisecond(toUInt64([
        0., 43200. * u3, 43200. + 1728000. * u3 * u3, 129600. + 1728000. * u3 * u3 + 172800. * u2
    ][step + 1] * 1000)) AS happened,
    happened + INTERVAL 20 SECOND,
    '{zone}',
    multiIf(where < 20, 'unplaced', where < 53, concat('?无名', toString(sipHash64(r, 'name') % 500), '苑'), place.id),
    if(where < 53, '', place.community_id),
    if(where < 53, '', place.street_id),
    if(where < 53, '', place.district_id),
    place.city_id,
    if(where < 53, '', place.name),
    if(where < 20, '', place.name),
    ['name', 'address', 'alias', ''][if(where < 20, 4, 1 + r % 3)],
    if(where < 20, '', concat(place.name, '在文中')),
    if(where < 20, 0., 0.5 + u2 / 2),
    '', 0,
    ['property_service', 'parking', 'noise', 'environment', 'safety_fire_elevator', 'school', 'construction', 'other'][
        1 + toUInt8(8 * u2 * u2)] AS type,
    0.5 + u3 / 2,
    concat(place.name, ['停车位被占', '夜间施工噪音', '电梯经常故障', '物业不作为', '垃圾无人清运'][1 + r % 5]),
    concat(
        '市民反映', place.name, toString(1 + r % 20), '栋附近', ['晚上十点以后仍在施工', '车位长期被外来车辆占用',
        '电梯一个月内停运了三次', '管理处多次推诿不予处理', '垃圾堆放数日气味很大'][1 + r % 5], '，已持续',
        toString(1 + sipHash64(r, 'd') % 90), '天，', ['请相关部门尽快处理', '要求给予书面答复', '希望协调解决',
        '此前来电未获回复'][1 + intDiv(r, 7) % 4], '。'),
    concat('负载路', toString(sipHash64(r, 'a') % 3000), '号'),
    'WGS-84',
    concat('类别', toString(r % 40)),
    ['电话', '网络', '来信'][1 + r % 3],
    hex(sipHash128(person)),
    sipHash64(person),
    ['待分拨', '处理中', '已办结', '已回访'][step + 1],
    concat('部门', toString(sipHash64(place.street_id) % 60)),
    opened_at + INTERVAL 10 DAY,
    if(kind = 'rated', [0., 0.25, 0.5, 0.75, 1.][1 + sipHash64(r, 's') % 5], NULL),
    'bench', 1, r % {parts:UInt16}, r * 4 + step
FROM
(
    SELECT
        number AS r,
        sipHash64(r, 'e') / 18446744073709551616. AS u1,
        sipHash64(r, 'p') / 18446744073709551616. AS u2,
        sipHash64(r, 'c') / 18446744073709551616. AS u3,
        sipHash64(r, 'w') % 1000 AS where,
        sipHash64(r, 'l') % 100 AS last,
        sipHash64(r, 'q') % {people:UInt64} AS person,
        toUInt32({estates:UInt32} * u1 * u1) AS rank,
        intDiv(r * {days:UInt32}, {requests:UInt64}) AS day,
        toDateTime64(toDateTime({first:Date} + day, '{zone}'), 3, 'UTC')
            + toIntervalSecond(toUInt32(28800 * (u1 + u2 + u3))) AS opened_at
    FROM numbers({begin:UInt64}, {count:UInt64})
) AS requests
INNER JOIN
(
    SELECT
        id, name, community_id, street_id, district_id, city_id,
        toUInt32(row_number() OVER (ORDER BY sipHash64(id)) - 1) AS rank
    FROM {db}.units_current
    WHERE level = 'estate'
) AS place USING (rank)
ARRAY JOIN range(4) AS step
WHERE happened < toDateTime64(toDateTime({first:Date} + {days:UInt32}, '{zone}'), 3, 'UTC')
