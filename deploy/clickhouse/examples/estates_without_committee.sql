-- Which delivered estates may elect an owners' committee and have none?
SELECT district, street, name, households, committee
FROM bi.estates
WHERE status = 'delivered' AND may_elect_committee AND committee != 'elected'
ORDER BY households DESC
