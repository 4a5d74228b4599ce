-- What a surge was about when it opened: alerts are told apart by it, so it must not change as the surge grows.
ALTER TABLE {db}.surges {on_cluster} ADD COLUMN IF NOT EXISTS
    category LowCardinality(String) COMMENT 'Problem type that most requests had when it opened'
    AFTER categories;
