-- Districts of the registry in force that have an estate which is lived in.
SELECT DISTINCT district_id, district, registry_version
FROM {bi}.estates
WHERE status = 'delivered' AND district_id != ''
ORDER BY district_id
