-- How many counts were built, and how many of them differ; and the years of these.
SELECT
    (SELECT count() FROM {db}.unit_counts_replay),
    count(),
    arraySort(groupUniqArray(toYear(bucket)))
FROM {db}.unit_counts_replay_changes
