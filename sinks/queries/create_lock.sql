-- Succeeds for one migrator at a time: no IF NOT EXISTS. Not replicated, so not on a cluster.
CREATE TABLE {db}.schema_lock
ENGINE = MergeTree ORDER BY tuple()
COMMENT 'Exists while a migrator is at work'
AS SELECT concat({holder:String}, ', since ', toString(now('UTC')), ' UTC') AS holder
