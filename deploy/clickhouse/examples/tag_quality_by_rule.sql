-- Are the tagger's probabilities right? Of the reviewed, the share that was, beside what they promised.
SELECT
    tag_rule, confidence_from, sum(complaints) AS tied, sum(right_expected) / sum(complaints) AS promised,
    sum(reviewed_right) / nullIf(sum(reviewed), 0) AS right_of_reviewed
FROM bi.tag_quality
WHERE tag_rule != ''
GROUP BY tag_rule, confidence_from
ORDER BY tag_rule, confidence_from
