"""How two spellings of one name are known to be the same name: width, case, dots, spaces, suffixes.

Only what never changes the meaning of a name belongs here; looser likeness (typos, short names) is tagging's.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SEPARATORS: Final = re.compile(
    r"[\s\u00b7\u2022\u2027\u30fb\u318d\uff65。,、'’‘\"“”「」《》〈〉–—_~]+"
    r"|(?<!\d)[.-]+|[.-]+(?!\d)"  # between digits they tell numbers apart: 5-1栋 is not 51栋
)
_AREA_SUFFIX: Final = re.compile(
    r"(?<=..)(?:街道办事处|街道办|街道|居民委员会|居委会|村委会|社区|新区|区|县|市|镇|乡|村)$"
)


def normalise(name: str) -> str:
    """Return what is left of a name without width, case, spaces, dots and quotation marks; brackets stay.

    `湘江 世纪城·瑞江苑（一期）` and `湘江世纪城瑞江苑(一期)` are one.
    """
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def area_keys(name: str) -> tuple[str, ...]:
    """Return the forms under which an area is found: its name, and that without 区, 街道, 社区 and the like.

    A short name of one character is no key: `东区` is not to be found as `东`.
    """
    whole = normalise(name)
    short = _AREA_SUFFIX.sub("", whole)
    return tuple(dict.fromkeys(key for key in (whole, short) if key))
