-- The latest rejected records; bytes as hex digits, since the driver reads String columns as UTF-8 text.
SELECT epoch, part, off, source, reason, detail, hex(record_key), hex(value), header_names,
    arrayMap(each -> hex(each), header_values), revision, rejected_at
FROM {db}.rejected FINAL
WHERE (source = {source:String} OR {source:String} = '')
    AND (reason = {reason:String} OR {reason:String} = '')
    AND revision <= {revision:UInt32}
ORDER BY rejected_at DESC, epoch DESC, part, off DESC
LIMIT {limit:UInt32}
