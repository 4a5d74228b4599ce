-- Whether the server knows the setting that keeps a filter from hiding surviving rows before FINAL (26.3).
SELECT count() FROM system.settings WHERE name = 'defer_partition_pruning_after_final'
