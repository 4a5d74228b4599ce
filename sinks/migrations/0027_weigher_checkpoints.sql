-- States of the weigher's detector, each cut into pieces of one row: a start goes on from the newest whole one that
-- fits, and reads only the facts that were weighed later (docs/adr/0015-checkpoints-of-the-weigher.md).
-- Two slots, written in turn: the one before stays whole while the next is written. Both replace themselves, so
-- nothing has to be deleted; merges are forced since a piece of 4 MiB that was replaced is worth removing early.
-- Emptying this table is always safe: the next start replays all facts.
CREATE TABLE IF NOT EXISTS {db}.weigher_checkpoints {on_cluster}
(
    slot UInt8 COMMENT '0 or 1; the next is written where the newest whole one is not',
    piece UInt16 COMMENT 'Number of the piece, from 0',
    pieces UInt16 COMMENT 'How many pieces the checkpoint has',
    digest String COMMENT 'BLAKE2b of the whole state, hexadecimal: names the checkpoint, and tells whether it is whole',
    epoch UInt16 COMMENT 'Incarnation of the raw topic',
    version String COMMENT 'Layout of the state, version of the detector and zone: only a weigher of the same may use it',
    weighed_until DateTime('UTC') COMMENT 'All arrivals of minutes before are in the state, and none of later ones',
    state String CODEC(NONE) COMMENT 'The piece; all of them joined are the state, packed',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this row was written (wall clock)'
)
ENGINE = {engine:ReplacingMergeTree(inserted_at)}
ORDER BY (slot, piece)
SETTINGS min_age_to_force_merge_seconds = 300
COMMENT 'Checkpoints of the weigher, the last two of them; emptying it is safe';
