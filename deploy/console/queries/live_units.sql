SELECT level, id, name, parent, if(level = 'estate', id, '') AS estate_id, community_id, street_id, district_id, city_id, aliases, lon, lat, households
FROM {bi}.units
ORDER BY level, id
