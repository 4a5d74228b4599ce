-- The name of each unit of the registry in force.
SELECT level, id, name FROM {db}.units_current
