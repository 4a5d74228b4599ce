-- What the tagger had said when a person decided: the fact itself says it no longer once a correction has moved it.
ALTER TABLE {db}.review_decisions {on_cluster}
    ADD COLUMN IF NOT EXISTS tagged_estate_id String COMMENT 'Of tag: estate that the tagger had said; else empty' AFTER estate_id,
    ADD COLUMN IF NOT EXISTS tag_rule LowCardinality(String) COMMENT 'Of tag: rule by which it had; else empty' AFTER tagged_estate_id,
    ADD COLUMN IF NOT EXISTS tag_confidence Float64 COMMENT 'Of tag: probability that it had given, 0 to 1; else 0' AFTER tag_rule;
