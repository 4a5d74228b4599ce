-- Included by the views of counts. What was counted at a name which the registry lacked then counts at the estate that
-- it is now. Candidates are read apart from all other units, so that a filter on a unit still finds its rows by the
-- sorting key.
    SELECT u.level, u.unit, u.grain, u.bucket, opened, petitioned, closed, reopened, categories, reporters
    FROM {db}.unit_counts AS u FINAL
    WHERE NOT (u.level = 'estate' AND startsWith(u.unit, '?'))
    UNION ALL
    SELECT
        u.level, dictGetOrDefault('{db}.candidates_dict', 'estate_id', tuple(u.unit), u.unit) AS unit, u.grain, u.bucket,
        opened, petitioned, closed, reopened, categories, reporters
    FROM {db}.unit_counts AS u FINAL
    WHERE u.level = 'estate' AND startsWith(u.unit, '?')
