"""What must not leave the raw topic: whatever in a text would tell who or where exactly a resident is.

Every text of an event goes through `strip_identity` before it is tagged, stored, logged or shown. What is
found is replaced by a mark that says of which kind it was, the same in every language: ‹phone› ‹id› ‹card›
‹number› ‹email› ‹account› ‹plate› ‹door› ‹name›.

Of a home's address the unit and the door go, the building stays: 3栋2单元501室 becomes 3栋‹door›. A building
holds a hundred homes and tells nobody's; but which building complains is what a property company must know,
and tagging uses phases and blocks. Room numbers of offices go too, since nothing tells them apart.

Pure. Time is linear in the length of the text, whatever the text: every repeat is bounded, or runs over a
class of characters in which the match must succeed. The steps stand in an order in which none uncovers work
for an earlier one, so that stripping twice is stripping once.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from streams.personal_names import NAME_CUES, mask_chinese_names, mask_english_names
from streams.traces import (
    ACCOUNT,
    APARTMENT,
    AT,
    BUILDING,
    DASH,
    ENGLISH_NAME,
    ENTRANCE,
    LEAST_DIGITS,
    NAME,
    NUMBER,
    PLATE,
    ROOM,
    SPELT,
    TraceFinder,
)


def strip_identity(text: str) -> str:
    """Return the text without phone numbers, ids, accounts, plates, doors and names. Idempotent.

    Never raises: lone surrogates, NUL and texts of any length pass.
    """
    return strip_all([text])[0]


def strip_all(texts: Sequence[str]) -> list[str]:
    """Return the same for each of many texts, at a tenth of what they cost one by one."""
    return [
        _strip(text, traces) if traces or "‹" in text else text
        for text, traces in zip(texts, _TRACES.find(texts), strict=True)
    ]


_TRACES: Final = TraceFinder(NAME_CUES)


def _strip(text: str, traces: int) -> str:
    """Strip a text of the kinds that have left traces in it."""
    if traces & AT:
        text = _EMAIL.sub("‹email›", text)
    if traces & ACCOUNT:
        text = _ACCOUNT.sub(r"\1‹account›", text)
    if traces & PLATE:
        text = _PLATE.sub("‹plate›", text)
    if traces & NUMBER:
        text = _NUMBERS.sub(_strip_numbers, text)
    if traces & (BUILDING | ENTRANCE | DASH | ROOM):
        text = _strip_doors(text, traces)
    if traces & APARTMENT:
        text = _APARTMENT.sub(_keep_building, text)
    if traces & ENGLISH_NAME:
        text = mask_english_names(text)
    if traces & SPELT:
        text = _SPELT.sub("‹phone›", text)
    return mask_chinese_names(text, has_cue=traces & NAME > 0)


# -- what is known by its letters: e-mail, chat accounts, plates ---------------------------------------------

_EMAIL: Final = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}[@＠][A-Za-z0-9-]{1,63}(?:[.．][A-Za-z0-9-]{1,63}){1,8}",
)
_ACCOUNT: Final = re.compile(
    r"((?:微信|扣扣|(?<![A-Za-z])(?:QQ|qq|VX|vx|Vx|WX|wx|[Ww]e[Cc]hat))"
    r"(?:\s?(?:号码|号|群号|群|ID|id))?\s{0,2}(?P<said>[:：]|是|为)?\s{0,2})"
    r"(?:\d{5,12}|(?=[A-Za-z_-]{0,19}\d)[A-Za-z][A-Za-z0-9_-]{5,19}|(?(said)[A-Za-z][A-Za-z0-9_-]{5,19}|(?!)))"
)

_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Za-hj-z][·•. -]?"
    r"(?=[A-Za-z]{0,4}\d)[A-HJ-NP-Za-hj-np-z\d]{4,5}[A-HJ-NP-Za-hj-np-z\d挂学警港澳](?![A-Za-z\d])"
)


# -- numbers: phones, identity numbers, cards --------------------------------------------------------------

_DASH: Final = r"\-–—－─"
_NUMBERS: Final = re.compile(rf"[0-9０-９(（+＋][\d \u3000\xa0.．·()（）{_DASH}]{{5,}}[\dXxＸｘ]")
"""A stretch of digits and what stands between them; each is looked at by itself, most hold nothing."""
_GAP: Final = rf"(?: ?[{_DASH}.．·)）] ?|[ \u3000\xa0]{{1,2}})"
_MOBILE_CUTS: Final = (
    (11,), (3, 4, 4), (3, 8), (7, 4), (4, 3, 4), (4, 4, 3),
    (4, 7), (5, 6), (6, 5), (3, 3, 5), (3, 5, 3), (8, 3),
)  # fmt: skip
"""How people cut the eleven digits of a mobile number: 138 1234 5678, 1381234 5678 and so on."""


def _cut(start: str, *sizes: int) -> str:
    """Return the pattern of a number cut into groups of these sizes, of which `start` is the first two."""
    return start + rf"\d{{{sizes[0] - 2}}}" + "".join(rf"{_GAP}\d{{{size}}}" for size in sizes[1:])


_MOBILE: Final = "|".join(_cut("1[3-9]", *sizes) for sizes in _MOBILE_CUTS)
_PHONE: Final = "|".join(
    (
        rf"(?:(?:00)?86{_GAP}?)?(?:{_MOBILE}|1(?:{_GAP}\d){{10}})",
        rf"(?:(?:00)?86{_GAP}?)?0\d{{2,3}}{_GAP}[2-9]\d{{6,7}}|\d{{3}} ?[{_DASH}] ?[2-9]\d{{6,7}}",
        rf"(?:(?:00)?86{_GAP}?)?0\d{{2,3}}{_GAP}[2-9]\d{{2,3}}{_GAP}\d{{4}}",
        rf"(?!\d00{_GAP}\d00{_GAP}\d\d00)(?:1{_GAP})?[2-9]\d\d{_GAP}\d{{3}}{_GAP}\d{{4}}",  # 400-800-1234
        rf"(?!20\d\d)(?!\d\d00{_GAP}\d\d00)[2-8]\d{{3}}{_GAP}\d{{4}}",  # 8888-8888
    )
)
_ID: Final = (
    rf"\d{{6}}{_GAP}(?:19|20)\d{{6}}{_GAP}\d{{3}}[\dXxＸｘ]"  # 430102 19900101 1234
    rf"|\d{{17}}[XxＸｘ]"
    rf"|\d{{3}}[{_DASH}]\d\d[{_DASH}]\d{{4}}"  # a social security number
)
_CARD: Final = rf"\d{{4}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}?\d{{1,3}})?"
_NUMBER: Final = re.compile(
    rf"(?=[\d+＋(（])(?<!\d)(?:[+＋]|[(（](?=\d{{3,4}}[)）]))?(?:(?P<id>{_ID})|(?P<card>{_CARD})|(?P<phone>{_PHONE})|(?P<run>\d{{7,}}))(?!\d)"
)
_UNIT: Final = re.compile(
    r"(?:\.\d{1,2}(?!\d))?[)）]?\s?(?:多|余)?(?:元|块|万|亿|平|米|㎡|吨|户|人次|%|％|km|kg|kw)", re.IGNORECASE
)
_DIGIT: Final = re.compile("[0-9０-９]")
_WHOLE_PART: Final = re.compile(r"(?:^|[(（])\d{1,3}[.．]$")
"""Before a fraction; it stands alone, or it might be the end of a number that has been masked."""
_DATES: Final = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


def _strip_numbers(stretch: re.Match[str]) -> str:
    if len(_DIGIT.findall(stretch[0])) < LEAST_DIGITS:
        return stretch[0]
    rest = stretch.string[stretch.end() : stretch.end() + 8]
    plain = stretch[0] if stretch[0].isascii() else _ascii_digits(stretch[0])
    stripped = _NUMBER.sub(lambda found: _number_mark(found, rest), plain)
    return stretch[0] if stripped == plain else stripped


def _ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)


def _number_mark(found: re.Match[str], rest: str) -> str:
    """Return the mark of a number, or the number itself where it is a date, an amount or a fraction."""
    if found.lastgroup != "run":
        return f"‹{found.lastgroup}›"
    run = found[0]
    if len(run) in (15, 18) and _is_date(run[6:12] if len(run) == 15 else run[6:14]):
        return "‹id›"
    if len(run) <= 14 and _is_harmless(found, rest):
        return run
    if 15 <= len(run) <= 19:
        return "‹card›"
    return "‹phone›" if len(run) in (7, 8, 10, 11, 12) else "‹number›"


def _is_harmless(found: re.Match[str], rest: str) -> bool:
    run, stretch = found[0], found.string
    if _is_date(run):
        return True
    if len(run) > 10:
        return False
    fraction = _WHOLE_PART.search(stretch[max(0, found.start() - 5) : found.start()])
    return fraction is not None or _UNIT.match(stretch[found.end() :][:8] + rest) is not None


def _is_date(digits: str) -> bool:
    """Return whether the digits are a moment from 1900 on (six digits: of the twentieth century)."""
    if len(digits) == 6:
        digits = "19" + digits
    if len(digits) not in _DATES or digits[:2] not in ("19", "20"):
        return False
    try:
        dt.datetime.strptime(digits, _DATES[len(digits)])  # noqa: DTZ007 (only whether it is one)
    except ValueError:
        return False
    return True


# -- doors -------------------------------------------------------------------------------------------------

_CHINESE_DIGIT: Final = "[〇零一二三四五六七八九幺]"
_NUMERAL: Final = r"[\dA-Za-z一二三四五六七八九十]"
_BUILDING: Final = (
    rf"(?P<building>[栋幢座楼#＃](?<=[\dA-Za-z一二三四五六七八九十甲乙丙丁戊号栋#＃].)楼?[\s{_DASH}]{{0,2}})"
)
_BETWEEN: Final = rf"[\s{_DASH}]{{0,2}}"
_ENTRANCE: Final = rf"{_NUMERAL}{{1,3}}\s?(?:单元|梯|门)"
_FLOOR: Final = rf"(?:{_NUMERAL}{{1,3}}\s?[楼层])"
_COUNTED: Final = (
    r"(?!\d|[.．]\d|\s?(?:年|月|日|元|块|万|亿|千|多|余|平|米|㎡|m|个|人|名|%|％|套|台|部|辆|栋|幢|层|路|吨|天|次|期"
    r"|分|时|点|间|所|家|份|项|条|根|棵|盏|kv|KV|街|位|号线|度|岁|届|级))"
)
_LIST: Final = r"(?:[、,，和及/~～-]\d{3,4}){0,9}"
_DOOR: Final = (
    rf"(?:\d{{3,4}}[A-Za-z]?{_LIST}{_COUNTED}(?:室|号房?|房|(?<=\d{{4}})户|(?!户))"
    rf"|{_CHINESE_DIGIT}{{3,4}}[室房号])"
)
_DOOR_OF_ENTRANCE: Final = (
    rf"(?:\d{{2,4}}[A-Za-z]?{_LIST}{_COUNTED}[室房号户]?"
    rf"|{_CHINESE_DIGIT}{{3,4}}[室房号]?|[东西南北中左右]{{1,2}}户)"
)
_IN_BUILDING: Final = re.compile(
    rf"{_BUILDING}(?:{_ENTRANCE}{_BETWEEN}(?:{_FLOOR}{_BETWEEN})?{_DOOR_OF_ENTRANCE}"
    rf"|(?:{_FLOOR}{_BETWEEN}|\d{{1,2}}\s?[{_DASH}]\s?)?{_DOOR})"
)
_IN_ENTRANCE: Final = re.compile(
    rf"(?<![0-9０-９]){_NUMERAL}{{1,2}}\s?单元{_BETWEEN}(?:{_FLOOR}{_BETWEEN})?{_DOOR_OF_ENTRANCE}"
)
_DASHED: Final = re.compile(
    rf"(?P<building>[0-9０-９](?<![\d{_DASH}./].)\d{{0,2}}[{_DASH}])(?:"
    # 5-2-1203, but not 23-8-2019
    rf"(?!\d\d?[{_DASH}](?:19|20)\d\d(?!\d))\d{{1,2}}[{_DASH}]\d{{3,4}}(?![\d{_DASH}./])"
    rf"|\d{{3,4}}\s?(?:[室房]|号房|(?=的?(?:业主|住户))))"
)
_ROOM: Final = re.compile(
    rf"[0-9０-９](?<!\d.)\d{{2,3}}[A-Za-z]?{_LIST}(?:室(?![内外温])|号房|房(?![屋价产源地贷型间款租改车]))"
)
_SPELT_ROOM: Final = re.compile(
    rf"{_CHINESE_DIGIT}(?<!{_CHINESE_DIGIT}.){_CHINESE_DIGIT}{{2,3}}室(?![内外温])"
)
_SPELT: Final = re.compile(
    rf"[幺一零〇八](?<!{_CHINESE_DIGIT}.){_CHINESE_DIGIT}{{6,}}"  # 幺三八…, 零七三一…, 八…
)
_APARTMENT: Final = re.compile(
    r"(?P<building>(?<![A-Za-z])(?:apt|apartment|unit|flat|rm|room|suite)\b\.?\s{0,2}(?:no\.?\s?|number\s|#)?)"
    r"(?:#?\d{1,5}[A-Za-z]?|[A-Za-z]-?\d{1,4})(?![A-Za-z\d])",
    re.IGNORECASE,
)


def _strip_doors(text: str, traces: int) -> str:
    if traces & BUILDING:
        text = _IN_BUILDING.sub(_keep_building, text)
    if traces & ENTRANCE:
        text = _IN_ENTRANCE.sub("‹door›", text)
    if traces & DASH:
        text = _DASHED.sub(_keep_building, text)
    if traces & ROOM:
        text = _SPELT_ROOM.sub("‹door›", _ROOM.sub("‹door›", text))
    return text


def _keep_building(match: re.Match[str]) -> str:
    return f"{match['building']}‹door›"
