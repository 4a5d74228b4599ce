-- What the writer says of facts that it has stored: tickets for the requests of some numbers, with the months of all of
-- their facts, a hundred thousand requests each.
INSERT INTO {db}.request_changes (ticket, request_ids, months)
SELECT rand64(), groupUniqArray(request_id), groupUniqArray(toYYYYMM(occurred_at))
FROM {db}.complaints
WHERE request_id >= concat('SZ', leftPad(toString({begin:UInt64}), 10, '0'))
    AND request_id < concat('SZ', leftPad(toString({begin:UInt64} + {count:UInt64}), 10, '0'))
GROUP BY intDiv(toUInt64(substring(request_id, 3)), 100000)
