-- Local days of each part in which a fact was corrected during the last day, before and after: those of a run that
-- was broken off before it had counted them are among them.
SELECT part, arraySort(groupUniqArray(toInt64(toUnixTimestamp(toStartOfDay(occurred_at, {zone:String})))))
FROM {db}.complaints
WHERE tag_version > 0 AND inserted_at > now64(3) - INTERVAL 1 DAY
GROUP BY part
ORDER BY part
