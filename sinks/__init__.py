"""From the streams' topics to ClickHouse and to whoever reads it."""
