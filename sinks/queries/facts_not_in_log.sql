-- Facts of some days that the raw topic holds no longer, and the first and last local day of them.
SELECT count(), toString(min(local_date)), toString(max(local_date))
FROM {db}.complaints FINAL
WHERE toInt64(toUnixTimestamp(toStartOfDay(occurred_at, {zone:String}))) IN {days:Array(Int64)}
    AND ({source:String} = '' OR source = {source:String})
    AND (epoch != {epoch:UInt16}
        OR off < transform(part, {parts:Array(UInt16)}, {firsts:Array(UInt64)}, toUInt64(0)))
