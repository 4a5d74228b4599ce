-- All changed facts of a month at once. They are rows of the highest version, so they replace what stood.
ALTER TABLE {db}.complaints ATTACH PARTITION ID {month:String} FROM {db}.complaints_replay_changes
