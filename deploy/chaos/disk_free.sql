-- Every table takes inserts again.
ALTER TABLE {db}.complaints RESET SETTING min_free_disk_bytes_to_perform_insert;
ALTER TABLE {db}.unit_counts RESET SETTING min_free_disk_bytes_to_perform_insert;
ALTER TABLE {db}.surges RESET SETTING min_free_disk_bytes_to_perform_insert;
ALTER TABLE {db}.rejected RESET SETTING min_free_disk_bytes_to_perform_insert;
ALTER TABLE {db}.progress RESET SETTING min_free_disk_bytes_to_perform_insert;
