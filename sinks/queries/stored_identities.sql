-- Which of these events are stored, by whatever delivery.
SELECT DISTINCT source, request_id, event_id FROM {db}.complaints
WHERE request_id IN {request_ids:Array(String)} AND event_id IN {event_ids:Array(String)}
