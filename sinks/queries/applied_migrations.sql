SELECT name, argMax(checksum, applied_at) FROM {db}.schema_migrations GROUP BY name
