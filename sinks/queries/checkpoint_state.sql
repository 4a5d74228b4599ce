-- The pieces of one checkpoint, in order.
SELECT state
FROM {db}.weigher_checkpoints
WHERE digest = {digest:String}
ORDER BY piece
LIMIT 1 BY piece
