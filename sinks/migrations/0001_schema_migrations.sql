-- The ledger of migrations: which files have been applied here, and what they said.
-- One row a file; a repeatable file (r_*.sql) gets a new row each time its resolved text changes, and
-- applied_at tells the rows apart. So the order is by name, then time; it never grows large.
CREATE DATABASE IF NOT EXISTS {db} {on_cluster};

CREATE TABLE IF NOT EXISTS {db}.schema_migrations {on_cluster}
(
    name String COMMENT 'File name of the migration',
    checksum String COMMENT 'SHA-256 of the file as it stood when it was applied, macros unresolved; of a repeatable file with macros resolved',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When its last statement had succeeded',
    applied_by String COMMENT 'Host and process that applied it'
)
ENGINE = {engine:MergeTree}
ORDER BY (name, applied_at)
COMMENT 'Migrations that were applied to this database, in order';
