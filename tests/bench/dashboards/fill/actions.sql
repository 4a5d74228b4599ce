-- Every surge is told of and taken up; one in nine was raised in between.
INSERT INTO {db}.surge_actions (surge_id, action, actor, role, level, reason, at)
SELECT
    surge_id, action, if(action = 'acknowledge', 'worker', 'ladder'), 'estate_worker', if(action = 'raise', 'street', level),
    '', opened_at + toIntervalMinute(indexOf(['tell', 'raise', 'acknowledge'], action) * 10)
FROM {db}.surges FINAL
ARRAY JOIN if(sipHash64(surge_id) % 9 = 0, ['tell', 'raise', 'acknowledge'], ['tell', 'acknowledge']) AS action
