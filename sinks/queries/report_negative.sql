-- The negative list of a district and span of days, as known at a moment.
SELECT property_company, reason, count() AS requests
FROM {bi}.negative_list_at(as_of = {as_of:DateTime64(3)})
WHERE district_id = {district:String} AND local_date BETWEEN {first:Date} AND {last:Date}
GROUP BY property_company, reason
ORDER BY property_company, reason
