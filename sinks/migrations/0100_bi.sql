-- The database that BI tools and analysts read. Its views run with the rights of the migrator, so that their
-- readers need none on the tables. They only grow: a column is never removed and never changes its meaning.
CREATE DATABASE IF NOT EXISTS {bi} {on_cluster};
