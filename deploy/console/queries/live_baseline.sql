-- Complaints of the four weeks before today, by estate.
SELECT
    estate_id, community_id, street_id, district_id, city_id,
    uniqExact(source, request_id, event_id) AS opened
FROM {bi}.feed
WHERE kind = 'opened'
    AND occurred_at >= {now:DateTime64(3, 'UTC')} - INTERVAL 30 DAY AND occurred_at <= {now:DateTime64(3, 'UTC')}
    AND local_date >= toDate({now:DateTime64(3, 'UTC')}, '{zone}') - 28
    AND local_date < toDate({now:DateTime64(3, 'UTC')}, '{zone}')
GROUP BY estate_id, community_id, street_id, district_id, city_id
