"""A listing's rows are read whatever the header calls its columns, and a wrong cell is told."""

from __future__ import annotations

import pytest

from streams.estates.draft import RegistryFileError
from streams.estates.listing.rows import parse_listing


def test_cells_that_say_nothing_are_empty() -> None:
    [row] = parse_listing(
        "name,developer,property_company,address,lng,lat\n甲苑,暂无信息,无物业服务管理,--,,\n"
    )
    assert (row.developer, row.property_company, row.address, row.lon) == ("", "", "", None)


def test_chinese_headers_and_other_columns_do() -> None:
    [row] = parse_listing("\ufeff小区名称,来源,经度,纬度,户数,均价\n甲苑,某站,112.9,28.2,120,9000\n")
    assert (row.name, row.site, row.lon, row.households, row.line) == ("甲苑", "某站", 112.9, 120, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title\n甲\n", "l.csv, line 1: no column for the name"),
        ("name,lng,lat\n,1,2\n", "l.csv, line 2, column name: is empty"),
        ("name,lng,lat\n甲,x,2\n", "l.csv, line 2, column lng: 'x' is not a number"),
        ("name,households\n甲,inf\n", "l.csv, line 2, column households: 'inf' is not a number"),
    ],
)
def test_a_wrong_cell_is_told(text: str, message: str) -> None:
    with pytest.raises(RegistryFileError) as raised:
        parse_listing(text, "l.csv")
    assert message in str(raised.value)
