-- A row a batch of each part, as the writer leaves them: with about one event a second, one for every two facts.
INSERT INTO {db}.progress (epoch, part, next, clock_ms, registry_version)
SELECT
    1, number % {parts:UInt16}, 2 * number,
    toInt64(toUnixTimestamp(toDateTime({first:Date}, '{zone}'))) * 1000
        + toInt64(86400000. * {days:UInt32} * (number + 1) / {rows:UInt64}),
    'bench'
FROM numbers({rows:UInt64})
