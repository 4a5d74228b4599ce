-- A part's last progress at or below an offset, of this epoch or else of the one before.
SELECT epoch, part, next, clock_ms, registry_version
FROM {db}.progress FINAL
WHERE part = {part:UInt16} AND (epoch, next) <= ({epoch:UInt16}, {next:UInt64})
ORDER BY epoch DESC, next DESC
LIMIT 1
