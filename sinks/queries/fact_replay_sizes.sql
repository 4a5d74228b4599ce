-- How many facts are to be put in place, and how many of them stand nowhere in the table.
SELECT
    count(),
    countIf((epoch, part, off) NOT IN
    (
        SELECT epoch, part, off FROM {db}.complaints
        WHERE request_id IN (SELECT request_id FROM {db}.complaints_replay_changes)
    ))
FROM {db}.complaints_replay_changes FINAL
