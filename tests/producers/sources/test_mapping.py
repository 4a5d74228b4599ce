"""A wrong mapping says what is wrong with it before a row is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from producers.errors import MappingError
from producers.sources.mapping import load_mapping, parse_mapping, shipped_mappings
from tests.producers.sources.mapped import MAPPING, read


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ('source = "hotline"', "", "source"),
        ('source = "hotline"', 'source = ""', r"\$\.source"),
        ('zone = "America/New_York"', 'zone = "Mars/Olympus"', "Mars/Olympus"),
        ('zone = "America/New_York"', 'zone = "../etc/passwd"', "no time zone"),
        ('title = "title"', 'titel = "title"', "'titel' is none of"),
        ('request_id = "id"', "", "request_id"),
        ('kind = "opened"', 'kind = "exploded"', "exploded"),
        ('empty = ["N/A"]', "empti = []", "empti"),
        ('empty = ["N/A"]', 'ambiguous = "never"', "ambiguous"),
        ("[values]", "[values", "test.toml"),
    ],
)
def test_a_wrong_mapping_names_the_setting(old: str, new: str, names: str) -> None:
    with pytest.raises(MappingError, match=names):
        parse_mapping(MAPPING.replace(old, new), "test.toml")


def test_the_shipped_mappings_load_and_an_unknown_one_lists_them() -> None:
    assert shipped_mappings() == ["nyc311", "tipdm2020c"]
    for name in shipped_mappings():
        assert load_mapping(name).source == name
    with pytest.raises(MappingError, match="nyc311, tipdm2020c"):
        load_mapping("nyc")


def test_your_own_mapping_is_a_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MAPPING)
    assert load_mapping(str(file)).source == "hotline"


def test_a_file_without_a_mapped_column_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("id,created\nR1,2021-01-01\n")
    with pytest.raises(MappingError, match=r"no column 'user', .* `reporter`; its columns are id, created"):
        read(file)
