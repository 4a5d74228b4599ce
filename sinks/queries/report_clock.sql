-- The latest arrival that was known at a moment: the clock that the report is judged by.
SELECT max(weighed_at) AS clock, toDate(max(weighed_at), '{zone}') AS day, count() AS facts
FROM {db}.complaints
WHERE weighed_at < {as_of:DateTime64(3)}
