-- What became of a district's requests of two spans of days, as known at a moment, by estate and problem type.
SELECT
    opened_date >= {first:Date} AS is_this,
    estate_id,
    problem_type,
    solvable_by,
    is_company_matter,
    count() AS requests,
    countIf(is_answered) AS answered,
    countIf(NOT is_answered) AS unanswered,
    countIf(is_solved) AS solved,
    countIf(NOT is_solved) AS unsolved,
    countIf(is_satisfied) AS satisfied,
    countIf(NOT is_satisfied) AS dissatisfied,
    sum(o.points) AS points,
    sum(toUInt64(o.points) * o.points) AS points_squared
FROM {bi}.request_outcomes_at(as_of = {as_of:DateTime64(3)}) AS o
WHERE district_id = {district:String}
    AND (opened_date BETWEEN {first:Date} AND {last:Date} OR opened_date BETWEEN {before_first:Date} AND {before_last:Date})
GROUP BY is_this, estate_id, problem_type, solvable_by, is_company_matter
ORDER BY is_this, estate_id, problem_type
