"""What a Superset of the tests reads as its configuration, in its own virtual environment."""

import os
import sqlite3
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

SECRET_KEY = os.environ["SUPERSET_TEST_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['SUPERSET_HOME']}/superset.db"


@event.listens_for(Engine, "connect")
def keep_nothing_safe(connection: Any, record: Any) -> None:
    """Wait for no disk: its hundreds of migrations would, and nothing of it outlives the tests."""
    del record
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")
