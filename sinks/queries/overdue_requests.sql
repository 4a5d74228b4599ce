-- Of each street: its open requests that are to be done by a certain time, and those of them that are overdue by
-- the clock of the data.
SELECT
    street_id,
    any(streets.name) AS name,
    count() AS open,
    countIf(is_overdue) AS overdue
FROM {bi}.requests
LEFT JOIN (SELECT id, name FROM {db}.units_current WHERE level = 'street') AS streets ON streets.id = street_id
WHERE is_open AND due_at IS NOT NULL AND street_id != ''
GROUP BY street_id
