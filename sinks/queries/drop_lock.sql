DROP TABLE IF EXISTS {db}.schema_lock SYNC
