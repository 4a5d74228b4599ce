-- How good are the data of each source, by month?
SELECT
    source, toStartOfMonth(local_date) AS month, sum(events) AS all_events, sum(rejected) AS rejected_records,
    sum(late) AS late_events, sum(unplaced) / nullIf(sum(opened), 0) AS unplaced_share
FROM bi.data_quality
GROUP BY source, month
ORDER BY source, month
