SELECT holder FROM {db}.schema_lock
