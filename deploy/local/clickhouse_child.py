"""The embedded ClickHouse server's process: `python -m deploy.local.clickhouse_child DATA_DIRECTORY`.

The chdb-core wheel carries the whole engine but no server command. Its private entry runs clickhouse-local,
which reads `config.xml` from the working directory and obeys SYSTEM START LISTEN. A process holds one data
path and the engine replaces signal handlers (hazard 43), so it never runs inside another process of ours.
"""

from __future__ import annotations

import sys
from typing import Final

from chdb import _chdb

# The output format given here becomes the default of HTTP and native clients; with Null every SELECT would
# return nothing, without an error (hazard 42).
FORMAT: Final = "TabSeparated"

# The last statement never ends: it holds the server open until a signal comes. It needs no right but SELECT
# on system.numbers, so the session's user `default`, who has no password, can be given no other.
SERVE: Final = """
SYSTEM START LISTEN TCP;
SYSTEM START LISTEN HTTP;
SELECT sleepEachRow(1) FROM system.numbers
SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 1 FORMAT Null
"""

if __name__ == "__main__":
    _chdb.query(SERVE, FORMAT, path=sys.argv[1])  # type: ignore[attr-defined]  # a compiled module
