-- The record that was rejected at a place; bytes as hex digits, see rejected_latest.sql.
SELECT epoch, part, off, source, reason, detail, hex(record_key), hex(value), header_names,
    arrayMap(each -> hex(each), header_values), revision, rejected_at
FROM {db}.rejected FINAL
WHERE epoch = {epoch:UInt16} AND part = {part:UInt16} AND off = {off:UInt64}
