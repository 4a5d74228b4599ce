"""Each fault is found where it stands, and a sound registry has no findings."""

from __future__ import annotations

import pytest
from hypothesis import given

from streams.estates.registry import Registry
from streams.estates.registry_check import Severity, check
from streams.estates.registry_csv import format_csv, parse_csv
from tests.streams.estates.registries import registries

HEAD = "level,id,name,parent,aliases,lon,lat,polygon\ncity,c,长沙市,,,,,\ndistrict,d,芙蓉区,c,,,,\n"
BOWTIE = '"{""type"":""Polygon"",""coordinates"":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}"'
ELSEWHERE = '"{""type"":""Polygon"",""coordinates"":[[[113,28],[113.1,28],[113.1,28.1],[113,28]]]}"'


@pytest.mark.parametrize(
    ("rows", "findings"),
    [
        ("estate,e,甲,d,,113,28,\n", []),
        ("estate,,甲,d,,,,\n", [("error", "empty_id", 4)]),
        ("estate,unplaced,甲,d,,,,\n", [("error", "reserved_id", 4)]),
        ("estate,?甲,甲,d,,,,\n", [("error", "reserved_id", 4)]),
        ("estate,e,甲,d,,,,\nestate,e,乙,d,,,,\n", [("error", "duplicate_id", 5)]),
        ("estate,d,甲,c,,,,\n", [("error", "duplicate_id", 4)]),
        ("estate,e,·,d,,,,\n", [("error", "empty_name", 4)]),
        ("city,c2,乙市,,,,,\n", [("error", "one_city", 0)]),
        ("estate,e,甲,x,,,,\n", [("error", "broken_parent", 4)]),
        ("street,s,甲,t,,,,\nstreet,t,乙,s,,,,\n", [("error", "cycle", 4), ("error", "cycle", 5)]),
        ("community,q,甲,d,,,,\nstreet,s,乙,q,,,,\n", [("error", "level_order", 5)]),
        ("estate,e,甲,d,,,,\nestate,f,乙,e,,,,\n", [("error", "level_order", 5)]),
        ("estate,e,甲苑,d,,,,\nestate,f,乙苑,d,甲·苑|丙,,,\n", [("warning", "alias_clash", 5)]),
        ("estate,e,甲苑,d,甲 苑,,,\n", []),
        ("district,d2,芙蓉区,c,,,,\n", [("warning", "area_clash", 4)]),
        ("estate,e,甲,d,,113,,\n", [("error", "half_position", 4)]),
        ("estate,e,甲,d,,28,113,\n", [("error", "impossible_position", 4)]),
        ("estate,e,甲,d,,0,0,\n", [("error", "impossible_position", 4)]),
        (
            "estate,e,甲,d,,113,28,\nestate,f,乙,d,,113,28,\nestate,g,丙,d,,28,80,\n",
            [("warning", "far_away", 6)],
        ),
        (f"estate,e,甲,d,,,,{BOWTIE}\n", [("warning", "bad_outline", 4)]),
        (f"estate,e,甲,d,,114,28,{ELSEWHERE}\n", [("warning", "outside_outline", 4)]),
    ],
)
def test_a_fault_is_found_where_it_stands(rows: str, findings: list[tuple[str, str, int]]) -> None:
    found = check(parse_csv(HEAD + rows))
    assert [(finding.severity, finding.rule, finding.line) for finding in found] == findings


def test_a_clash_within_one_district_says_so() -> None:
    both = "estate,e,甲苑,d,,,,\nestate,f,甲苑,d,,,,\n"
    [finding] = check(parse_csv(HEAD + both))
    assert "in the same district" in finding.message


@given(registries())
def test_no_error_is_found_in_a_registry_that_exists(registry: Registry) -> None:
    findings = check(parse_csv(format_csv(registry)))
    errors = {finding.rule for finding in findings if finding.severity is Severity.ERROR}
    assert errors <= {"empty_name", "impossible_position"}
