EXISTS TABLE {db}.schema_migrations
