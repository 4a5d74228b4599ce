-- What was counted at estates that the registry lacked: one row an opened complaint.
SELECT estate_id, tag_surface, request_id
FROM {db}.complaints FINAL
WHERE kind = 'opened' AND startsWith(estate_id, '?')
ORDER BY estate_id, request_id
