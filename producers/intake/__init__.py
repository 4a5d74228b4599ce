"""The HTTP intake: request systems post their events, and are told what became of each."""
