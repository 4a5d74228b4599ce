CREATE OR REPLACE VIEW {bi}.surge_actions {on_cluster}
(
    action_id UUID COMMENT 'Id of the action',
    surge_id String COMMENT 'The surge that it is about',
    action String COMMENT 'acknowledge, silence, not_a_surge, resolve or raise',
    actor String COMMENT 'Account that acted; ladder: the platform itself',
    role String COMMENT 'Role of the account then; empty: the platform itself',
    level String COMMENT 'Of raise: the level that it was raised to; else empty',
    reason String COMMENT 'Why, in the words of who acted',
    until Nullable(DateTime64(3, 'UTC')) COMMENT 'Of silence: when it ends (wall clock); else NULL',
    at DateTime64(3, 'UTC') COMMENT 'When it was done (wall clock)'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT action_id, surge_id, action, actor, role, level, reason, until, at
FROM {db}.surge_actions FINAL
COMMENT 'What was done about surges, by whom and why';
