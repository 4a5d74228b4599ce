-- What was done about some surges, the oldest first.
SELECT surge_id, action, actor, level, reason, toTimeZone(until, 'UTC'), toTimeZone(at, 'UTC')
FROM {db}.surge_actions FINAL
WHERE surge_id IN {surges:Array(String)}
ORDER BY at, action_id
