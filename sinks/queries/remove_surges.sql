-- Surges that the facts do not give. What people did about them stays in surge_actions.
DELETE FROM {db}.surges WHERE surge_id IN {surges:Array(String)}
