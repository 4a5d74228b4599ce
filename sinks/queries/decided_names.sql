-- Names that are to come into the registry, the first decided first: with how messages write them, the most used
-- first, and the areas that the complaints which name them lie in.
SELECT d.name, d.verdict, d.estate_id, c.spellings, c.communities, c.streets, c.districts
FROM
(
    SELECT name, verdict, estate_id, at FROM {bi}.review_decisions
    WHERE kind = 'name' AND verdict IN ('alias', 'estate')
) AS d
LEFT JOIN
(
    SELECT
        substring(estate_id, 2) AS name,
        arrayMap(pair -> pair.2, arraySort(arrayZip(
            arrayMap(times -> -toInt64(times), mapValues(sumMap(map(tag_surface, 1)) AS surfaces)), mapKeys(surfaces)
        ))) AS spellings,
        groupUniqArrayIf(toString(community_id), community_id != '') AS communities,
        groupUniqArrayIf(toString(street_id), street_id != '') AS streets,
        groupUniqArrayIf(toString(district_id), district_id != '') AS districts
    FROM {db}.complaints FINAL
    WHERE kind = 'opened' AND startsWith(estate_id, '?')
    GROUP BY estate_id
) AS c USING (name)
ORDER BY d.at, d.name
