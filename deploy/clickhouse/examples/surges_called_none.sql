-- What part of the surges that people judged did they call not a surge?
SELECT level, category, sum(surges) AS opened, sum(not_a_surge) AS called_none, called_none / nullIf(sum(judged), 0) AS part
FROM bi.surge_feedback
GROUP BY level, category
ORDER BY level, category
