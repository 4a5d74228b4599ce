-- Where the surviving facts of a part stand in its log, ascending.
SELECT off FROM {db}.complaints FINAL
WHERE epoch = {epoch:UInt16} AND part = {part:UInt16}
ORDER BY off
