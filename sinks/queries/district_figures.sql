-- The figures of the yearly report of one district, in the order of the report.
SELECT figure, value FROM {bi}.district_figures WHERE district_id = {district:String} ORDER BY number, figure
