-- What an estate was counted at while the registry lacked its name: an event that named ?星河里 then is an event of
-- the estate that bears this name or alias now. The facts and counts stay as they were written; the views for BI
-- look the estate up.
ALTER TABLE {db}.units {on_cluster}
    ADD COLUMN IF NOT EXISTS candidates Array(String) COMMENT 'Units ? and a name at which this estate was counted while the registry lacked the name' AFTER aliases;

CREATE OR REPLACE VIEW {db}.units_current {on_cluster} AS
SELECT * FROM {db}.units FINAL
WHERE loaded_at = (SELECT max(loaded_at) FROM {db}.units)
COMMENT 'Units of the registry in force';

CREATE OR REPLACE DICTIONARY {db}.candidates_dict {on_cluster}
(
    candidate String,
    estate_id String
)
PRIMARY KEY candidate
SOURCE(CLICKHOUSE(
    USER '{dictionary_user}'
    QUERY 'SELECT arrayJoin(candidates) AS candidate, id AS estate_id FROM {db}.units_current'
))
LAYOUT(COMPLEX_KEY_HASHED())
LIFETIME(MIN 240 MAX 300)
COMMENT 'Estates of the registry in force by the candidates that they were counted at before';
