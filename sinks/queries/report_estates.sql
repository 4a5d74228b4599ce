-- The delivered estates of a district, from the registry in force.
SELECT estate_id, name, property_company, ifNull(households, 0) AS households, committee = 'elected' AS has_committee
FROM {bi}.estates
WHERE district_id = {district:String} AND status = 'delivered'
ORDER BY estate_id
