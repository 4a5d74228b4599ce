-- Complaints of today (by the data's clock) and of its last hour, by estate; an event counts where its newest tag
-- puts it.
SELECT
    place.1 AS estate_id, place.2 AS community_id, place.3 AS street_id, place.4 AS district_id, place.5 AS city_id,
    countIf(toDate(happened, '{zone}') = toDate({now:DateTime64(3, 'UTC')}, '{zone}')) AS today,
    countIf(happened > {now:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR) AS hour
FROM
(
    SELECT
        argMax((estate_id, community_id, street_id, district_id, city_id), tag_version) AS place,
        argMax(occurred_at, tag_version) AS happened
    FROM {bi}.feed
    WHERE kind = 'opened' AND occurred_at <= {now:DateTime64(3, 'UTC')} AND occurred_at >= least(
        toDateTime64(toStartOfDay({now:DateTime64(3, 'UTC')}, '{zone}'), 3, 'UTC'),
        {now:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR)
    GROUP BY source, request_id, event_id
)
GROUP BY place
