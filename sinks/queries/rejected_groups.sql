-- Rejected records by source and reason, most first; an empty parameter means any.
SELECT source, reason, count(), countIf(revision > 0), max(rejected_at),
    argMax(concat(toString(epoch), '/', toString(part), '/', toString(off)), rejected_at),
    argMax(detail, rejected_at)
FROM {db}.rejected FINAL
WHERE (source = {source:String} OR {source:String} = '')
    AND (reason = {reason:String} OR {reason:String} = '')
GROUP BY source, reason
ORDER BY count() DESC, source, reason
