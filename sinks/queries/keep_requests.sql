-- Puts the requests of some tickets together anew, from the facts of some months, or of all where none is given. Their
-- numbers go before FINAL: they are of the sorting key, so no delivery of theirs is left out, and of all others their
-- numbers alone are read.
INSERT INTO {db}.requests (* EXCEPT (inserted_at))
WITH
    {version:UInt64} AS reading,
    facts AS
    (
        SELECT * FROM {db}.complaints FINAL
        PREWHERE request_id IN
        (
            SELECT arrayJoin(request_ids) FROM {db}.request_changes
            WHERE noted_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND ticket IN {tickets:Array(UInt64)}
        )
        WHERE empty({months:Array(String)}) OR _partition_id IN {months:Array(String)}
    )
{include:states_of_requests}
SETTINGS optimize_aggregation_in_order = 1
