EXISTS TABLE {db}.schema_lock
