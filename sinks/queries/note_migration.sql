INSERT INTO {db}.schema_migrations (name, checksum, applied_by)
SELECT {name:String}, {checksum:String}, {holder:String}
