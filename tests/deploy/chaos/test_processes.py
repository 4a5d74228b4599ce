"""What is asked of processes and directories while they change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.chaos.processes import directory_bytes

LOOKS = 300


@contextmanager
def parts_that_come_and_go(directory: Path) -> Iterator[None]:
    """Let directories be made and taken away, as a server does that merges its parts."""
    is_over = threading.Event()

    def churn() -> None:
        while not is_over.is_set():
            part = directory / "part"
            part.mkdir()
            part.rmdir()

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def test_a_directory_that_changes_meanwhile_is_measured_by_what_stays(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "kept"
    kept.parent.mkdir()
    kept.write_bytes(b"x" * 1000)
    with parts_that_come_and_go(kept.parent):
        assert {directory_bytes(tmp_path) for _ in range(LOOKS)} == {1000}
