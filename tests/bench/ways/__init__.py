"""The ways of doing work W, each a process: BROKERS GROUP TOPIC EVENTS HOST PORT USER PASSWORD."""
