"""Finds where a folded text names estates, known and unknown. Pure.

One pass of the automaton gives spellings of registry names and words that estate names end with. Each is
weighed by what stands left and right of it; where two overlap, the one that explains more of the text
stays, so that in 丽发新城小区 the estate 新城小区 is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from streams.estates.approximate import NearNames
from streams.estates.lexicon import (
    BOUNDARIES,
    BUILDING,
    GENERIC_TAILS,
    NAMED_AFTER,
    NEAR_AFTER,
    NEVER_NAMES,
    PHASE,
    SUFFIXES,
    TAIL_CHARACTERS,
    USE_AFTER,
)
from streams.estates.matcher import Hit, Matcher
from streams.estates.names_model import NamesModel
from streams.estates.variants import Reading, Spelling, Spellings, core, is_institution


class Rule(StrEnum):
    """What tied a surface to an estate."""

    NAME = "name"
    VARIANT = "variant"
    CLIP = "clip"
    HOMOPHONE = "homophone"
    WORD_ORDER = "word_order"
    TYPO = "typo"
    UNKNOWN = "unknown"


class Edge(IntEnum):
    """How surely a name begins here."""

    SOFT = 0
    """Glued to other characters: it may be the end of another name."""
    WORD = 1
    """After a word that precedes names."""
    PLACE = 2
    """After a place of the city, a district, a road."""
    HARD = 3
    """After punctuation, or at the beginning."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where an estate is named; positions are half-open, in the folded text."""

    start: int
    end: int
    reach: int
    """The end with phase, block and 小区."""
    text: str
    readings: tuple[Reading, ...]
    """What it may mean; empty: an estate that the registry lacks."""
    rule: Rule
    left: Edge
    elsewhere: bool = False
    """It is part of the name of another thing: 德润园小学."""

    def overlaps(self, start: int, end: int) -> bool:
        """Say whether the mention shares characters with a span."""
        return self.start < end and start < self.reach


_TAIL: Final = re.compile("|".join(sorted(GENERIC_TAILS, key=len, reverse=True)))
_OWN_TAIL: Final = re.compile("(?:住宅|安置|家属|回迁)?小区|安置区")
_OWN_TAILS: Final = ("小区", "安置区")
_COMMUNITY: Final = "社区"
_OPEN_RIGHT: Final = frozenset(
    "的是在有和与及等这为因将未不就也还已被从到至上下内里前后周附旁对东南西北第一二三四五六七八九十"
)
_PLACE_ENDS: Final = frozenset("区县市镇乡路街道号")
_PHASE_CUES: Final = ("一期", "二期", "三期", "四期", "五期", "1期", "2期", "3期", "4期")
_USE_CUES: Final = ("业主", "楼盘", "住户", "苑", "郡", "墅", *_PHASE_CUES)
_WEAK_CUES: Final = frozenset("城园湾府庭居里台座轩阁岸都汇")
"""They end many other words too: only believed where a phase, a building, 小区 or owners follow."""
_WEAK_NEXT: Final = (
    "小区", "业主", "的业主", "住户", "居民", "物业", "楼盘", "安置",
    *"0123456789abcdefgh", *(f"{n}{what}" for n in "一二三四五六七八九" for what in "期栋号座区"),
)  # fmt: skip
CUES: Final[Mapping[str, int]] = {
    **{cue: len(cue) for cue in (*SUFFIXES, *GENERIC_TAILS, *_USE_CUES)},
    **{f"{cue}{after}": 1 for cue in _WEAK_CUES for after in _WEAK_NEXT},
}
"""Pattern -> how many of its characters are the cue."""
_OUTSIDE: Final = frozenset((*GENERIC_TAILS, "业主", "楼盘", "住户", *_PHASE_CUES))
"""Cues that are not part of the name before them."""
_PHASE_BEFORE: Final = re.compile(
    rf"(?:{PHASE.pattern}|{BUILDING.pattern}|[0-9一二三四五六七八九十]+[位名户个]?)+\Z"
)
_OWNERS: Final = ("业主", "的业主", "住户", "的住户", "居民", "全体业主", "楼盘", "宿舍", "物业")
_HOUSING_CUES: Final = frozenset((*GENERIC_TAILS, "业主", "楼盘", "住户", *_PHASE_CUES))
_FILLERS: Final = re.compile(r"(?:的|全体|广大|众多?|部分|所有|各位|准|新|老)+\Z")
_FUNCTION: Final = frozenset(
    "的了是在有们我你他她它这那该被把给让将但就也都或而因由从向对没未曾不很太最更已还又再才只并且若则所着么吗呢吧啊请问说"
)
"""Characters of grammar: hardly any estate's name has one."""
_EDGE_WORTH: Final = (0.0, 2.5, 6.0, 6.0)
"""What each `Edge` is worth, in log-likelihood: chosen on the tuning half."""
_FOREIGN: Final = -1.2
"""Log-likelihood ratio below which a character is taken for none of a name."""
_LEAST: Final = 0.0
_TRIED: Final = 3
_LONGEST_UNKNOWN: Final = 10
_GAP: Final = 3
"""Characters between a known name and a word that may end a longer name that begins with it."""
_LONGEST_TITLE: Final = 120
_MIN_NEAR: Final = 3
_MAX_NEAR: Final = 8
_MAX_HITS: Final = 2000
"""Beyond this a text is no letter but a list or an attack; time stays linear."""
_DWELLING_END: Final = re.compile(f"(?:{'|'.join(SUFFIXES)}|[{''.join(sorted(TAIL_CHARACTERS))}])\\Z")
_RULES: Final = {
    Spelling.NAME: Rule.NAME,
    Spelling.CLIPPED: Rule.CLIP,
    Spelling.HEAD: Rule.CLIP,
}


class MentionFinder:
    """Finds mentions by one registry's spellings; built once, never changed.

    Args:
        spellings: of the registry.
        places: words of the city after which a name may begin.
        model: how names of the registry look.
        suffixes: how names of the registry often end.
    """

    def __init__(
        self,
        spellings: Spellings,
        places: frozenset[str],
        model: NamesModel,
        suffixes: frozenset[str] = frozenset(),
    ) -> None:
        self._spellings = spellings
        self._model = model
        self._matcher = Matcher(spellings, {**CUES, **{suffix: len(suffix) for suffix in suffixes}})
        self._words = _by_last(dict.fromkeys(BOUNDARIES, Edge.WORD) | dict.fromkeys(places, Edge.PLACE))
        self._near = NearNames(spellings)
        self._tails = _tails_of_others(spellings)

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in order of the text."""
        hits, cues = self._matcher.find(text)
        if not hits and not cues:
            return []
        chosen = _resolve(self._known(text, hits[:_MAX_HITS]))
        chosen += self._unknown(text, cues[:_MAX_HITS], chosen)
        if any(cue.pattern in _HOUSING_CUES for cue in cues):
            chosen += self._misspelt(text, chosen)
        return sorted(chosen, key=lambda mention: mention.start)

    def edge(self, text: str, at: int) -> Edge:
        """Say how surely a name may begin at this place."""
        found = self._edge(text, at)
        if found is Edge.SOFT and self._model.ratio(text[at - 1]) < _FOREIGN:
            return Edge.WORD
        return found

    def _edge(self, text: str, at: int) -> Edge:
        """Say the same from words alone."""
        if at == 0 or not text[at - 1].isalnum():
            return Edge.HARD
        before = text[at - 1]
        if before in _PLACE_ENDS:
            return Edge.PLACE
        if before.isascii() and not text[at].isascii():
            return Edge.WORD
        for word, edge in self._words.get(before, ()):
            if text.endswith(word, 0, at):
                return edge
        return Edge.SOFT

    def _known(self, text: str, hits: Iterable[Hit]) -> Iterator[Mention]:
        for start, end, pattern in hits:
            if pattern.isascii() and _is_glued(text, start, end):
                continue
            readings = self._spellings[pattern]
            rare = len(core(pattern)) > 2
            left = self.edge(text, start) if rare else self._edge(text, start)
            reach = _reach(text, end)
            spelling = readings[0].spelling
            if self._is_weak(pattern, spelling) and (
                left is Edge.SOFT or (_needs_end(pattern, spelling) and not _ends_well(text, end, reach))
            ):
                continue
            if _is_common(pattern) and not _is_used(text, end):
                continue
            rule = _RULES.get(spelling, Rule.VARIANT)
            elsewhere = reach == end and NAMED_AFTER.match(text, end) is not None
            yield Mention(start, end, reach, pattern, readings, rule, left, elsewhere)

    def _is_weak(self, pattern: str, spelling: Spelling) -> bool:
        return (
            spelling >= Spelling.CLIPPED
            or len(pattern) < 4
            or len(core(pattern)) < 2
            or pattern in self._tails
        )

    def _unknown(self, text: str, cues: Iterable[Hit], known: list[Mention]) -> list[Mention]:
        found: dict[int, Mention] = {}
        for start, end in _longest_cues(cues):
            before = [m for m in known if m.start < end and m.reach >= start - _GAP and m.reach <= end]
            if any(self._widen(text, mention, end, known) for mention in before):
                continue
            if any(mention.overlaps(start, end) or mention.reach == start for mention in known):
                continue
            mention = self._name_before(text, start, end)
            if mention is not None and not any(mention.overlaps(other.start, other.reach) for other in known):
                found[mention.start] = mention
        return _resolve(found.values())

    def _misspelt(self, text: str, chosen: list[Mention]) -> list[Mention]:
        """Find near names at the beginnings that a title offers, where it names no estate yet."""
        title = text.find("\n", 0, _LONGEST_TITLE)
        if any(mention.start < title and mention.readings for mention in chosen):
            return []
        for start in range(title - _MIN_NEAR + 1):
            if self.edge(text, start) >= Edge.PLACE and self._is_last_place(text, start):
                for end in range(min(title, start + _MAX_NEAR), start + _MIN_NEAR - 1, -1):
                    near = self._near.find(text[start:end], strict=True)
                    sure = end - start > _MIN_NEAR or _is_used(text, end)
                    if near is not None and sure and not any(m.overlaps(start, end) for m in chosen):
                        reach = _reach(text, end)
                        return [
                            Mention(start, end, reach, text[start:end], near[0], Rule(near[1]), Edge.PLACE)
                        ]
        return []

    def _is_last_place(self, text: str, start: int) -> bool:
        """Say that no further place follows at once: in 岳麓区咸嘉湖街道X the name begins at X."""
        nearby = range(start + 1, min(len(text), start + _MIN_NEAR + 1))
        return text[start].isalnum() and all(self.edge(text, at) < Edge.PLACE for at in nearby)

    def _widen(self, text: str, inside: Mention, end: int, known: list[Mention]) -> bool:
        """Replace a known name by the near name of a longer one that it is the beginning of."""
        whole = text[inside.start : end]
        if end <= inside.reach or len(whole) > _LONGEST_UNKNOWN or not whole.isalnum():
            return False
        near = self._near.find(whole)
        if near is None or near[0][0].key == inside.text:
            return False
        widened = Mention(inside.start, end, _reach(text, end), whole, near[0], Rule(near[1]), inside.left)
        known[:] = [m for m in known if not m.overlaps(inside.start, end)] + [widened]
        return True

    def _name_before(self, text: str, cue: int, cue_end: int) -> Mention | None:
        """Return the name that ends with, or right before, a cue."""
        outside = text[cue:cue_end] in _OUTSIDE
        stop = cue
        if outside and (filler := _FILLERS.search(text, max(0, cue - 6), cue)):
            stop = filler.start()
        if outside and (phase := _PHASE_BEFORE.search(text, max(0, stop - 8), stop)):
            stop = phase.start()
        end = stop if outside else cue_end
        starts = self._begins(text, stop, end)
        reach = max(_reach(text, end), cue_end if stop == cue else end)
        return self._judge(text, starts, end, reach) if starts else None

    def _judge(self, text: str, starts: list[int], end: int, reach: int) -> Mention:
        """Return the mention that ends here: of the registry, if one of its beginnings makes a near name."""
        for start in starts:
            if (near := self._near.find(text[start:end])) is not None:
                readings, rule = near
                return Mention(
                    start, end, reach, text[start:end], readings, Rule(rule), self.edge(text, start)
                )
        start, own_end = starts[0], _own_end(text, end)
        named_after = NAMED_AFTER.match(text, end) is not None or text.startswith(_COMMUNITY, end)
        elsewhere = named_after and own_end == end and not text.endswith(_OWN_TAILS, start, end)
        edge, reach = self.edge(text, start), max(reach, own_end)
        return Mention(start, own_end, reach, text[start:own_end], (), Rule.UNKNOWN, edge, elsewhere)

    def _begins(self, text: str, stop: int, end: int) -> list[int]:
        """Return where the name whose own part ends at `stop` may begin, the likeliest first.

        Characters that names of this registry are made of speak for going on to the left, others
        against it; a place where names begin is worth some characters, and costs as much to pass over.
        """
        worths: dict[int, float] = {}
        likeness = 0.0
        shortest = 2 if end == stop else 3
        for start in range(stop - 1, max(-1, stop - _LONGEST_UNKNOWN), -1):
            if not text[start].isalnum() or text[start] in _FUNCTION:
                break
            likeness += self._model.ratio(text[start])
            worth = _EDGE_WORTH[self._edge(text, start)]
            if end - start >= shortest and not NEVER_NAMES.fullmatch(text, start, stop):
                worths[start] = likeness + worth
            likeness -= worth
        likely = [start for start, worth in worths.items() if worth > _LEAST]
        return sorted(likely, key=lambda start: -worths[start])[:_TRIED]


def _needs_end(pattern: str, spelling: Spelling) -> bool:
    """Say whether a weak spelling is only believed where the text goes on as it does after a name."""
    return spelling >= Spelling.CLIPPED or len(pattern) < 3 or _DWELLING_END.search(pattern) is None


def _by_last(words: Mapping[str, Edge]) -> dict[str, tuple[tuple[str, Edge], ...]]:
    """Return the words by their last character, the surest edges first."""
    found: dict[str, list[tuple[str, Edge]]] = {}
    for word, edge in sorted(words.items(), key=lambda item: (-item[1], item[0])):
        found.setdefault(word[-1], []).append((word, edge))
    return {last: tuple(listed) for last, listed in found.items()}


def _is_common(pattern: str) -> bool:
    """Say whether a spelling is as likely a common word or an institution as an estate."""
    return (len(pattern) < 4 and _DWELLING_END.search(pattern) is None) or is_institution(pattern)


def _tails_of_others(spellings: Spellings) -> frozenset[str]:
    """Return the spellings that other names end with: 新城小区 of 丽发新城小区."""
    names = [text for text, readings in spellings.items() if readings[0].spelling < Spelling.CLIPPED]
    known = set(names)
    return frozenset(name[cut:] for name in names for cut in range(1, len(name) - 1) if name[cut:] in known)


def _is_glued(text: str, start: int, end: int) -> bool:
    """Say whether letters of the alphabet stand right beside: LINCOLN is not LINCOLN PLACE.

    Folding takes blanks away, so a name in Latin letters is only believed where it stands alone.
    """
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return any(char.isascii() and char.isalnum() for char in (before, after) if char)


def _own_end(text: str, end: int) -> int:
    """Return the end of an unknown name: 小区 belongs to it."""
    match = _OWN_TAIL.match(text, end)
    return match.end() if match else end


def _reach(text: str, end: int) -> int:
    """Return the end of what belongs to a name: phases, blocks, 小区."""
    for _ in range(3):
        match = PHASE.match(text, end) or _TAIL.match(text, end)
        if match is None:
            return end
        end = match.end()
    return end


def _is_used(text: str, end: int) -> bool:
    """Say whether what follows is said of estates alone."""
    return _reach(text, end) > end or BUILDING.match(text, end) is not None or text.startswith(_OWNERS, end)


def _ends_well(text: str, end: int, reach: int) -> bool:
    """Say whether what follows leaves a weak name whole."""
    if reach > end or end == len(text) or not text[end].isalnum() or text[end] in _OPEN_RIGHT:
        return True
    return USE_AFTER.match(text, end) is not None or NEAR_AFTER.match(text, end) is not None


def _resolve(mentions: Iterable[Mention]) -> list[Mention]:
    """Keep, of mentions that overlap, the one that explains most of the text."""
    chosen: list[Mention] = []
    taken: set[int] = set()
    for mention in sorted(
        mentions, key=lambda m: (m.start - m.reach, m.rule is Rule.UNKNOWN, m.start - m.end)
    ):
        span = range(mention.start, mention.reach)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append(mention)
    return chosen


def _longest_cues(cues: Iterable[Hit]) -> Iterator[tuple[int, int]]:
    """Yield the span of the longest cue at each end."""
    spans: dict[int, int] = {}
    for start, end, _ in cues:
        spans[end] = min(start, spans.get(end, start))
    for end, start in spans.items():
        yield start, end
