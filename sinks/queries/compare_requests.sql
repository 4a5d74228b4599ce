-- Compares requests as they are kept with what the facts say, of numbers in low..high (excluded; '' for no end) and, with
-- a span, of those alone that something happened to, or is said to have happened to, in from..to. Requests of open
-- tickets are left out, and those of facts that nobody has said to be stored yet. Returns how many were compared, and
-- those that differ.
WITH
    toUInt64(0) AS reading,
    asked AS
    (
        SELECT request_id FROM {db}.complaints
        WHERE occurred_at >= toDateTime64({from:Int64}, 3, 'UTC') AND occurred_at < toDateTime64({to:Int64}, 3, 'UTC')
        UNION ALL
        SELECT request_id FROM {db}.requests
        WHERE (opened_at >= toDateTime64({from:Int64}, 3, 'UTC') AND opened_at < toDateTime64({to:Int64}, 3, 'UTC'))
            OR (changed_at >= toDateTime64({from:Int64}, 3, 'UTC') AND changed_at < toDateTime64({to:Int64}, 3, 'UTC'))
    ),
    waiting AS
    (
        SELECT arrayJoin(arrayFlatten(groupArray(request_ids))) AS request_id
        FROM {db}.request_changes
        GROUP BY noted_at, ticket
        HAVING max(is_done) = 0
        UNION ALL
        -- Their tickets are written before the progress that covers them.
        SELECT request_id
        FROM {db}.complaints
        INNER JOIN
        (
            SELECT part, argMax(epoch, (epoch, next)) AS last_epoch, argMax(next, (epoch, next)) AS stored_below
            FROM {db}.progress
            GROUP BY part
        ) AS marks USING (part)
        WHERE (epoch, off) >= (last_epoch, stored_below)
    ),
    facts AS
    (
        SELECT * FROM {db}.complaints FINAL
        PREWHERE request_id >= {low:String} AND ({high:String} = '' OR request_id < {high:String})
            AND ({to:Int64} = 0 OR request_id IN (SELECT request_id FROM asked))
    ),
    made AS
    (
        {include:states_of_requests}
    )
SELECT
    count(),
    groupArrayIf((source, request_id), differs)
FROM
(
    SELECT source, request_id, count() != 2 OR min(said) != max(said) AS differs
    FROM
    (
        SELECT toString(source) AS source, request_id,
            sipHash64(toString(tuple(* EXCEPT (request_id, source, version)))) AS said
        FROM made
        UNION ALL
        SELECT toString(source) AS source, request_id,
            sipHash64(toString(tuple(* EXCEPT (request_id, source, version, inserted_at)))) AS said
        FROM
        (
            SELECT * FROM {db}.requests FINAL
            PREWHERE request_id >= {low:String} AND ({high:String} = '' OR request_id < {high:String})
                AND ({to:Int64} = 0 OR request_id IN (SELECT request_id FROM asked))
            WHERE events > 0
        )
    )
    WHERE request_id NOT IN (SELECT request_id FROM waiting)
    GROUP BY source, request_id
)
SETTINGS optimize_aggregation_in_order = 1
