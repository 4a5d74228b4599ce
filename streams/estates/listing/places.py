"""Which district, street and community an address states, for the addresses of any Chinese city.

Nothing about a city is known beforehand: its districts are those that the addresses name in full often enough
(岳麓区) and that addresses also begin with, in the ways in which sites shorten them:

    开福区湘江北路1200号    (雨花赤岗冲)茶园坪路8号    雨花-时代阳光大道-149号    岳麓岳麓区桐梓坡路408号
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_SUFFIX: Final = "(?:新区|区|县|市)"
_FULL: Final = re.compile(rf"(?=([\u4e00-\u9fff]{{2,3}}?)({_SUFFIX}))")
_BRACKET: Final = re.compile(r"[(（]([^()（）]{2,12})[)）]\s*(.*)", re.DOTALL)
_NO_STEM: Final = re.compile(r"周边|其他|高新|经开|开发|工业|度假|^[小社园校市地片]|[小社园校市县区省]$")
"""小区, 社区, 园区 and zones of development (高新区) are no districts, nor what begins or ends like them."""
_MIN_NAMED: Final = 5
_MIN_BEGUN: Final = 5
_MIN_BEGUN_SHARE: Final = 0.002
_MIN_VARIANT_SHARE: Final = 0.1
"""A full name that is rarer than this beside the usual one (岳麓市) is a slip."""
_NO_DISTRICT_HERE: Final = re.compile(
    r"[东南西北中]?[一二三四五六七八九十]?(?:路|街|大道|道|巷|段)|大桥|立交|寺|山(?!路)|公园|广场|大厦|商圈"
)
"""What follows a district's short name where it is another word's beginning: 芙蓉中路, 岳麓山, 开福寺路."""
_STREET: Final = re.compile(r"([\u4e00-\u9fff]{2,3}?)(街道|镇|乡)(?:办事处|办)?(?![路街东南西北中])")
_COMMUNITY: Final = re.compile(
    r"([\u4e00-\u9fff]{2,5}?)(?:社区|村委会|居委会)(?![\u4e00-\u9fff]*(?:医院|旁|对面|附近))"
)
_NO_AREA_NAME: Final = re.compile("[路街巷道号区旁边与和交汇处附近]")


@dataclass(frozen=True, slots=True)
class Stated:
    """What an address states; empty where it does not."""

    district: str = ""
    """The district's full name, as the city's addresses mostly write it."""
    street: str = ""
    community: str = ""


class Places:
    """The districts of one city, learnt from its addresses.

    Attributes:
        city: the city's full name.
        districts: full name by short name, e.g. `{"岳麓": "岳麓区"}`.
        variants: further full names of a district that addresses use (望城县 for 望城区), by full name.
    """

    def __init__(self, addresses: Iterable[str], city: str = "") -> None:
        texts = [address for address in addresses if address]
        named = Counter(match.groups() for text in texts for match in _FULL.finditer(text))
        self.city = city or _likeliest_city(texts)
        self._stem = self.city.removesuffix("市")
        named.pop((self._stem, "市"), None)
        forms = _forms_by_stem(named)
        begun = Counter(_beginning(text, forms, self._stem) for text in texts)
        least = max(_MIN_BEGUN, _MIN_BEGUN_SHARE * len(texts))
        kept = sorted(stem for stem in forms if begun[stem] >= least)
        self.districts: dict[str, str] = {stem: stem + forms[stem][0] for stem in kept}
        self.variants: dict[str, tuple[str, ...]] = {
            stem + forms[stem][0]: tuple(stem + suffix for suffix in forms[stem][1:]) for stem in kept
        }
        self._by_any_name = {
            name: full for full, variants in self.variants.items() for name in (full, *variants)
        }
        short = {stem: full for stem, full in self.districts.items() if stem != self._stem}
        self._by_beginning = {**short, **self._by_any_name}
        longest_first = sorted(self._by_beginning, key=lambda name: (-len(name), name))
        self._beginnings = re.compile("|".join(map(re.escape, longest_first)))

    def stated(self, address: str) -> Stated:
        """Return what the address states."""
        text = address.strip()
        bracket = _BRACKET.match(text)
        if bracket:
            return self._stated_below(self._short(bracket[1]) or self._full(bracket[1]), bracket[2])
        head, dash, tail = text.partition("-")
        if dash and len(head) <= 6 and "-" in tail:
            return self._stated_below(self._short(head) or self._full(head), tail.split("-")[-1])
        named = self._named(text)
        if named:
            return self._stated_below(named.pop() if len(named) == 1 else "", text)
        return self._stated_below(self._short(self._without_city(text)), text)

    def without_district(self, text: str) -> tuple[str, str]:
        """Split a text that begins with city or district into the district's full name and the rest."""
        rest = self._without_city(text)
        beginning = self._beginnings.match(rest)
        if not beginning or not beginning[0]:
            return "", rest
        return self._by_beginning[beginning[0]], rest[beginning.end() :]

    def _stated_below(self, district: str, text: str) -> Stated:
        """Return the district with the street and community that the text begins with."""
        rest = text
        for _ in range(3):  # 岳麓长沙市岳麓区…: sites put their own district before the address
            _, rest = self.without_district(rest)
        street = _STREET.match(rest)
        # In a 区, a 镇 is as often the name of a place as a town that still has an office; in a 县 it is one.
        if (
            not street
            or _NO_AREA_NAME.search(street[1])
            or (street[2] != "街道" and district[-1:] not in ("县", "市"))
        ):
            return Stated(district)
        community = _COMMUNITY.match(rest, street.end())
        named = community is not None and not _NO_AREA_NAME.search(community[1])
        return Stated(district, street[1] + street[2], f"{community[1]}社区" if community and named else "")

    def _named(self, text: str) -> set[str]:
        """Return the districts whose full names stand in the text."""
        return {full for name, full in self._by_any_name.items() if name in text}

    def _full(self, text: str) -> str:
        """Return the district whose full name stands in the text; none where several do."""
        named = self._named(text)
        return named.pop() if len(named) == 1 else ""

    def _short(self, text: str) -> str:
        """Return the district whose short name the text begins with, unless that begins another word."""
        for stem, full in self.districts.items():
            if stem != self._stem and text.startswith(stem) and not _NO_DISTRICT_HERE.match(text, len(stem)):
                return full
        return ""

    def _without_city(self, text: str) -> str:
        return text.removeprefix(self.city) if self.city else text


def _forms_by_stem(named: Mapping[tuple[str, ...], int]) -> dict[str, list[str]]:
    """Return the suffixes of each stem that is named in full often enough, the most frequent first."""
    forms: dict[str, Counter[str]] = {}
    for (stem, suffix), count in named.items():
        if not _NO_STEM.search(stem):
            forms.setdefault(stem, Counter())[suffix] += count
    return {stem: _usual(counts) for stem, counts in forms.items() if counts.total() >= _MIN_NAMED}


def _usual(counts: Counter[str]) -> list[str]:
    least = _MIN_VARIANT_SHARE * counts.total()
    usual = [suffix for suffix, count in counts.items() if count >= least]
    return sorted(usual, key=lambda suffix: (-counts[suffix], suffix))


def _beginning(text: str, forms: Mapping[str, object], city_stem: str) -> str:
    """Return the stem that an address begins with; of the city's own name only where a 县 or 区 follows."""
    text = text.lstrip("(（ ").removeprefix(city_stem + "市")
    stem = next((text[:size] for size in (3, 2) if text[:size] in forms), "")
    return stem if stem != city_stem or text[len(stem) : len(stem) + 1] in ("县", "区") else ""


def _likeliest_city(texts: Iterable[str]) -> str:
    cities = Counter(
        match[1]
        for text in texts
        if (match := re.match(r"(?:[\u4e00-\u9fff]{2,3}省)?([\u4e00-\u9fff]{2,3}市)", text))
    )
    return min(cities, key=lambda city: (-cities[city], city), default="")
