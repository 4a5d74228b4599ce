-- A unit's open requests, the longest overdue first.
SELECT source, request_id, opened_at, due_at, is_overdue, estate_id, estate, department, problem_type, status
FROM {bi}.requests
WHERE is_open AND {may_be_of_unit} AND {in_unit} AND {in_scope}
ORDER BY is_overdue DESC, due_at IS NULL, due_at, opened_at
LIMIT {rows:UInt32}
