-- Where each part stands now, kept beside its history. Every dashboard asks for it (bi.freshness, and the clock of
-- bi.requests), and a row a batch makes tens of millions of rows in three years: the projection holds one row a part
-- and data part. Repeats change no maximum, so it needs no FINAL; merges make it anew from what they keep.
-- Of five million rows, where each part stands took 800 ms, now 6 ms. An insert of progress, one a batch, takes 1 to
-- 2 ms more than 3.5.
ALTER TABLE {db}.progress {on_cluster} MODIFY SETTING
    deduplicate_merge_projection_mode = 'rebuild', lightweight_mutation_projection_mode = 'rebuild';
ALTER TABLE {db}.progress {on_cluster} ADD PROJECTION IF NOT EXISTS latest
(
    SELECT
        part,
        max(clock_ms),
        argMax(epoch, (epoch, next)),
        argMax(next, (epoch, next)),
        argMax(clock_ms, (epoch, next)),
        argMax(inserted_at, (epoch, next)),
        argMax(registry_version, (epoch, next))
    GROUP BY part
);
ALTER TABLE {db}.progress {on_cluster} MATERIALIZE PROJECTION latest;
