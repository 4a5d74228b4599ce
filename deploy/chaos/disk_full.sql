-- Every table refuses inserts, as on a full disk (NOT_ENOUGH_SPACE): no disk has a petabyte free.
ALTER TABLE {db}.complaints MODIFY SETTING min_free_disk_bytes_to_perform_insert = 1000000000000000;
ALTER TABLE {db}.unit_counts MODIFY SETTING min_free_disk_bytes_to_perform_insert = 1000000000000000;
ALTER TABLE {db}.surges MODIFY SETTING min_free_disk_bytes_to_perform_insert = 1000000000000000;
ALTER TABLE {db}.rejected MODIFY SETTING min_free_disk_bytes_to_perform_insert = 1000000000000000;
ALTER TABLE {db}.progress MODIFY SETTING min_free_disk_bytes_to_perform_insert = 1000000000000000;
