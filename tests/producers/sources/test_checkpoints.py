"""A checkpoint saves time for the same input and is worth nothing for any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from producers.errors import UnreadableFile
from producers.sources.checkpoints import Checkpoint, fingerprint


def test_a_run_goes_on_where_the_last_one_was_acknowledged(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    first = Checkpoint(file, "a")
    assert first.begun_at == 0
    first.save(10)
    second = Checkpoint(file, "a")
    assert second.begun_at == 10
    second.save(5)
    assert Checkpoint(file, "a").begun_at == 15


def test_another_input_begins_anew(tmp_path: Path) -> None:
    Checkpoint(tmp_path / "state.json", "a").save(10)
    assert Checkpoint(tmp_path / "state.json", "b").begun_at == 0


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "thesis.txt"
    file.write_text("years of work")
    with pytest.raises(UnreadableFile, match="not a state file"):
        Checkpoint(file, "a")
    assert file.read_text() == "years of work"


def test_a_fingerprint_is_of_content_and_of_how_it_is_read(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    one.write_text("x")
    two.write_text("x")
    assert fingerprint([one], b"m") == fingerprint([two], b"m")
    assert len({fingerprint([one], b"m"), fingerprint([one], b"n"), fingerprint([one, two], b"m")}) == 3
