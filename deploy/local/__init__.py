"""The parts of a local stack: broker and ClickHouse as child processes."""
