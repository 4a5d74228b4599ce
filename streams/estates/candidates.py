"""Gathers a text's mentions into candidates: the estates that the message may be about. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from streams.contract import CANDIDATE_PREFIX
from streams.estates.folding import fold
from streams.estates.mentions import Mention, Page, Rule
from streams.estates.variants import Reading, core, is_generic, own_name

_TAIL_ALIKE: Final = str.maketrans("院圆元", "园园园")


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One estate, and where the text names it."""

    key: str
    """Equal for all mentions of the estate: the name without phase and 小区."""
    mentions: tuple[Mention, ...]
    """In order of the text; at least one."""
    best: Mention
    """The mention that says most surely which estate is meant."""
    reading: Reading | None
    """The registry's name to report: the whole estate's rather than a phase's."""
    is_known: bool
    """Whether the registry has it."""


_DWELLING: Final = re.compile(
    r"(?:[苑园府郡庭居邸墅寓]|公馆|小区|安置区|新村|世家|人家|宿舍|[里湾城]|国际|小镇|山庄|一号|原著|今典)\Z"
)
_LEAST_OWN: Final = 3
"""Characters of a name that nothing but a phase or block behind it makes one."""
_INHABITED: Final = ("业主", "的业主", "住户", "的住户", "全体业主")
_ORDER: Final = {rule: place for place, rule in enumerate(Rule)}


def candidate_id(name: str) -> str:
    """Return the unit of an estate that the registry lacks; spellings of one name fall together.

    `伊景园·滨河苑`, `伊景园滨河苑小区` and `伊景园滨河院` have one id.
    """
    return keyed_id(own_name(fold(name)))


def keyed_id(key: str) -> str:
    """Return the same for a folded name without phase and 小区."""
    ending = key[-1:].translate(_TAIL_ALIKE).replace("苑", "园")
    return f"{CANDIDATE_PREFIX}{key[:-1]}{ending}"


def gather(mentions: Sequence[Mention]) -> list[Candidate]:
    """Return the candidates in the order in which the text first names them."""
    if len(mentions) == 1:
        return [_candidate(_key(mentions[0]), mentions)]
    groups: dict[str, list[Mention]] = {}
    for mention in mentions:
        groups.setdefault(_key(mention), []).append(mention)
    for key in sorted(groups, key=len) if len(groups) > 1 else ():
        longer = next((other for other in groups if other != key and _is_part(key, other)), None)
        if longer is not None:
            groups[longer] = sorted(groups[longer] + groups.pop(key), key=_start)
    found = [_candidate(key, group) for key, group in groups.items()]
    return sorted(found, key=_first)


def _candidate(key: str, mentions: Sequence[Mention]) -> Candidate:
    best = mentions[0] if len(mentions) == 1 else min(mentions, key=_doubt)
    readings = best.readings
    reading = next((reading for reading in readings if reading.whole), readings[0] if readings else None)
    return Candidate(key, tuple(mentions), best, reading, any(mention.readings for mention in mentions))


def _doubt(mention: Mention) -> tuple[bool, bool, int, int, int]:
    """Order mentions by how surely they say which estate is meant."""
    return mention.elsewhere, not mention.readings, _ORDER[mention.rule], -len(mention.text), mention.start


def _start(mention: Mention) -> int:
    return mention.start


def _first(candidate: Candidate) -> int:
    return candidate.mentions[0].start


def _key(mention: Mention) -> str:
    return mention.readings[0].key if mention.readings else own_name(mention.text)


def _is_part(short: str, long: str) -> bool:
    """Say whether one name is the beginning or the end of another, and still its own."""
    return (
        (long.startswith(short) or long.endswith(short))
        and (len(short) > 3 or len(core(short)) > 1)
        and not is_generic(short)
    )


def is_likely(candidate: Candidate, page: Page) -> bool:
    """Say whether a candidate is worth weighing.

    A name that the registry lacks must stand in the title, or more than once, or end as estates do, or have
    inhabitants.
    """
    mentions = candidate.mentions
    if candidate.is_known or len(mentions) > 1 or mentions[0].start < page.title_end:
        return True
    name, end = mentions[0].text, mentions[0].end
    if _DWELLING.search(name) is not None or (mentions[0].reach > end and len(name) >= _LEAST_OWN):
        return True
    return page.text.startswith(_INHABITED, mentions[0].reach)
