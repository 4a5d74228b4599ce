-- The figures of a district that rest on the registry, and those of single estates.
SELECT number, figure, value, definition
FROM {bi}.district_figures
WHERE district_id = {district:String} AND number NOT BETWEEN 4 AND 8
ORDER BY number, figure
