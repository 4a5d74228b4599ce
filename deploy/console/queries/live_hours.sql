-- How a day's complaints fall on its hours: those of the four weeks before today, everywhere.
SELECT local_hour, uniqExact(source, request_id, event_id) AS opened
FROM {bi}.feed
WHERE kind = 'opened'
    AND occurred_at >= {now:DateTime64(3, 'UTC')} - INTERVAL 30 DAY AND occurred_at <= {now:DateTime64(3, 'UTC')}
    AND local_date >= toDate({now:DateTime64(3, 'UTC')}, '{zone}') - 28
    AND local_date < toDate({now:DateTime64(3, 'UTC')}, '{zone}')
GROUP BY local_hour
