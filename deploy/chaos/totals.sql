-- How far the tables have come, cheaply: events, figures, revisions of surges, rejected records.
SELECT
    (SELECT uniqExact(source, request_id, event_id) FROM {db}.complaints WHERE epoch = {epoch:UInt16}),
    (SELECT sum(toUInt64(opened) + petitioned + closed + reopened) FROM {db}.unit_counts FINAL),
    (SELECT sum(revision) FROM {db}.surges FINAL),
    (SELECT count() FROM {db}.rejected FINAL WHERE epoch = {epoch:UInt16})
