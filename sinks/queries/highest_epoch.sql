-- The highest incarnation of the raw topic that anything was stored under; 0 where nothing was.
SELECT greatest(
    (SELECT max(epoch) FROM {db}.epochs),
    (SELECT max(epoch) FROM {db}.progress),
    (SELECT max(epoch) FROM {db}.complaints)
)
