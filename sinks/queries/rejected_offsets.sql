-- Where the rejected records of a part stand in its log, ascending.
SELECT off FROM {db}.rejected FINAL
WHERE epoch = {epoch:UInt16} AND part = {part:UInt16}
ORDER BY off
