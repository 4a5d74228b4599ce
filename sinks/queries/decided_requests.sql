-- What people decided about the estates of complaints, as far as it was not taken back; the last decided last.
SELECT source, request_id, event_id, if(verdict = 'none', 'unplaced', estate_id)
FROM {bi}.review_decisions
WHERE kind = 'tag' AND verdict IN ('right', 'other', 'none')
ORDER BY at
