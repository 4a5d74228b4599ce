-- What became of a surge's requests, and the surge in which its matter came back.
SELECT surge_id, requests, requests_open, requests_reopened, case_status, solved_at, relapsed_at, relapse_of
FROM {bi}.surge_cases
WHERE (surge_id = {surge:String} OR relapse_of = {surge:String}) AND {in_scope}
