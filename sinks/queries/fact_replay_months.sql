-- Partitions of a table that was built beside the facts.
SELECT DISTINCT _partition_id FROM {db}.{table:Identifier} ORDER BY 1
