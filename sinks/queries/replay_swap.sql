-- All differing counts of a year at once. They are rows of the highest version, so they replace what stood.
ALTER TABLE {db}.unit_counts ATTACH PARTITION {year:UInt16} FROM {db}.unit_counts_replay_changes
