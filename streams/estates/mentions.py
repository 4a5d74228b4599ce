"""Finds where a folded text names estates, known and unknown. Pure.

One pass of the automaton gives spellings of registry names and words that estate names end with. Each is
weighed by what stands left and right of it; where two overlap, the one that explains more of the text
stays, so that in 丽发新城小区 the estate 新城小区 is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

import msgspec

from streams.estates.approximate import NearNames
from streams.estates.beginnings import LONGEST_UNKNOWN, Beginnings
from streams.estates.cues import (
    CUES,
    HOUSING_CUES,
    ends_well,
    is_building,
    is_glued,
    is_named_after,
    is_used,
    name_end,
    own_end,
    reach_of,
)
from streams.estates.edges import Edge
from streams.estates.folding import Sheet
from streams.estates.lexicon import SUFFIXES, TAIL_CHARACTERS
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


class Mention(msgspec.Struct, frozen=True, gc=False):
    """One place where an estate is named; positions are half-open, in the folded text."""

    start: int
    end: int
    reach: int
    """The end with phase, block and 小区."""
    text: str
    readings: tuple[Reading, ...]
    """What it may mean; empty: an estate that the registry lacks."""
    rule: Rule
    left: int
    """How surely a name begins there (`Edge`)."""
    elsewhere: bool = False
    """It is part of the name of another thing: 德润园小学."""

    def overlaps(self, start: int, end: int) -> bool:
        """Say whether the mention shares characters with a span."""
        return self.start < end and start < self.reach


class Page(msgspec.Struct, frozen=True, gc=False):
    """One message as names are sought in it."""

    text: str
    """Folded: title, line end, text."""
    title_end: int
    edges: bytes
    """How surely a name begins at each character (`Edge`), by the words before it."""
    wide_edges: bytes
    """The same, where characters that no name has are taken for words too."""


_OWN_TAILS: Final = ("小区", "安置区")
_COMMUNITY: Final = "社区"
_GAP: Final = 3
"""Characters between a known name and a word that may end a longer name that begins with it."""
_PARK: Final = "公园"
_LONG_PARK: Final = 5
"""A registry name longer than this that ends with 公园 is no park: 富基世纪公园."""
_LONGEST_TITLE: Final = 120
_MIN_REPEATED: Final = 3
_MAX_REPEATED: Final = 100
_MIN_NEAR: Final = 3
_MAX_NEAR: Final = 8
_LAST_PLACE: Final = re.compile(rb"[\x02\x03](?=[\x00\x01]{3})")
"""An edge of `Edge.PLACE` at least, and none such at the next three characters."""
_MAX_HITS: Final = 2000
"""Beyond this a text is no letter but a list or an attack; time stays linear."""
_DWELLING_END: Final = re.compile(f"(?:{'|'.join(SUFFIXES)}|[{''.join(sorted(TAIL_CHARACTERS))}])\\Z")
_RULES: Final = {
    Spelling.NAME: Rule.NAME,
    Spelling.CLIPPED: Rule.CLIP,
    Spelling.HEAD: Rule.CLIP,
}


@dataclass(slots=True)
class _Draft:
    """What was found in a page so far."""

    known: list[Mention]
    open_cues: list[tuple[int, int]]
    """Spans of words that estate names end with, or that follow them, and belong to no known name."""
    is_housing: bool
    """Whether the page speaks of housing at all."""
    unknown: dict[int, Mention] = field(default_factory=dict)
    """By where they begin."""


class _Name(msgspec.Struct, frozen=True, gc=False):
    """What there is to know of a spelling before it is found anywhere."""

    text: str
    readings: tuple[Reading, ...]
    rule: Rule
    is_latin: bool
    is_long: bool
    """Whether so much of it is its own that a strange character before it is edge enough."""
    is_weak: bool
    """Whether it is only believed where a name may begin."""
    needs_end: bool
    """Whether a weak one is only believed where the text goes on as it does after a name."""
    is_common: bool
    """Whether it is as likely a common word or an institution as an estate."""


class MentionFinder:
    """Finds mentions by one registry's spellings; built once, never changed.

    Args:
        spellings: of the registry.
        model: how names of the registry look.
        suffixes: how names of the registry often end.
    """

    def __init__(
        self, spellings: Spellings, model: NamesModel, suffixes: frozenset[str] = frozenset()
    ) -> None:
        self._spellings = spellings
        self._beginnings = Beginnings(model)
        cues = {**CUES, **{suffix: len(suffix) for suffix in suffixes}}
        texts = sorted(spellings)
        self._matcher = Matcher((*texts, *sorted(cues)))
        self._count = len(texts)
        self._cues = [(len(cue) - cues[cue], cue in HOUSING_CUES) for cue in sorted(cues)]
        self._names: dict[int, _Name] = {}
        """By the number of the pattern; made when first found: few of a registry's spellings ever are."""
        self._near = NearNames(spellings)
        self._tails = _tails_of_others(spellings)

    def find(self, sheet: Sheet, pages: Sequence[Page]) -> list[list[Mention]]:
        """Return the mentions in each page of a sheet, in order of the text."""
        drafts = [self._draft(page) for page in pages]
        ends = [
            (number, *name_end(pages[number].text, *cue))
            for number, draft in enumerate(drafts)
            for cue in draft.open_cues
        ]
        begins = [begin for begin, _, _ in sheet.spans]
        spans = [(begins[number] + stop, begins[number] + end) for number, stop, end, _ in ends]
        starts = self._beginnings.find(sheet.text, sheet.units, sheet.edges, spans)
        for (number, _, end, reach), found in zip(ends, starts, strict=True):
            if found:
                self._judge(
                    pages[number], drafts[number], [start - begins[number] for start in found], end, reach
                )
        return [self._finish(page, draft) for page, draft in zip(pages, drafts, strict=True)]

    def _draft(self, page: Page) -> _Draft:
        """Return the known estates of a page, and the cues that belong to none of them."""
        names: list[Hit] = []
        cues: dict[int, int] = {}
        is_housing, count = False, self._count
        hits = self._matcher.find(page.text)
        for hit in hits if len(hits) <= _MAX_HITS else hits[:_MAX_HITS]:
            if hit[0] < count:
                names.append(hit)
                continue
            number, start, stop = hit
            cut, speaks_of_housing = self._cues[number - count]
            is_housing = is_housing or speaks_of_housing
            end = stop - cut
            if start < cues.get(end, end):
                cues[end] = start  # the longest of those that end here
        known = _resolve([*self._known(page, names)]) if names else []
        open_cues = (
            self._open_cues(page, cues, known) if known else ((start, end) for end, start in cues.items())
        )
        return _Draft(known, list(open_cues), is_housing)

    def _finish(self, page: Page, draft: _Draft) -> list[Mention]:
        known, unknown = draft.known, draft.unknown
        chosen = known + _resolve(list(unknown.values())) if unknown else known
        if unknown:
            chosen = _repeated(page, chosen)
        if draft.is_housing:
            chosen = self._misspelt(page, chosen)
        return sorted(chosen, key=_start) if len(chosen) > 1 else chosen

    def _known(self, page: Page, hits: Iterable[Hit]) -> Iterator[Mention]:
        text = page.text
        for number, start, end in hits:
            name = self._names.get(number) or self._learn(number)
            if name.is_latin and is_glued(text, start, end):
                continue
            left = (page.wide_edges if name.is_long else page.edges)[start]
            if name.is_weak and not left:
                continue
            reach = reach_of(text, end)
            if name.is_weak and name.needs_end and not ends_well(text, end, reach):
                continue
            if name.is_common and not is_used(text, end, reach):
                continue
            elsewhere = reach == end and is_named_after(text, end)
            yield Mention(start, end, reach, name.text, name.readings, name.rule, left, elsewhere)

    def _learn(self, number: int) -> _Name:
        text = self._matcher.patterns[number]
        readings = self._spellings[text]
        spelling, own = readings[0].spelling, len(core(text))
        ends_as_dwelling = _DWELLING_END.search(text) is not None
        clipped = spelling >= Spelling.CLIPPED
        self._names[number] = name = _Name(
            text=text,
            readings=readings,
            rule=_RULES.get(spelling, Rule.VARIANT),
            is_latin=text.isascii(),
            is_long=own > 2,
            is_weak=clipped or len(text) < 4 or own < 2 or text in self._tails,
            needs_end=len(text) < 3 or not ends_as_dwelling,
            is_common=(len(text) < 4 and not ends_as_dwelling)
            or (is_institution(text) and not (text.endswith(_PARK) and len(text) > _LONG_PARK)),
        )
        return name

    def _open_cues(
        self, page: Page, cues: Mapping[int, int], known: list[Mention]
    ) -> Iterator[tuple[int, int]]:
        """Yield the cues that stand free of known names, none of which is the beginning of a longer one."""
        for end, start in cues.items():
            is_free = True
            for mention in known:
                if mention.start >= end:
                    continue
                reach = mention.reach
                if reach >= start:
                    is_free = False
                if start - _GAP <= reach < end and self._widen(page, mention, end, known):
                    break
            else:
                if is_free:
                    yield start, end

    def _widen(self, page: Page, inside: Mention, end: int, known: list[Mention]) -> bool:
        """Replace a known name by the near name of a longer one that it is the beginning of."""
        if end - inside.start > LONGEST_UNKNOWN or _goes_on_otherwise(page.text, inside.end):
            return False
        whole = page.text[inside.start : end]
        if not whole.isalnum():
            return False
        near = self._near.find(whole)
        if near is None or near[0][0].key == inside.text:
            return False
        reach = reach_of(page.text, end)
        widened = Mention(inside.start, end, reach, whole, near[0], Rule(near[1]), inside.left)
        known[:] = [m for m in known if not m.overlaps(inside.start, end)] + [widened]
        return True

    def _judge(self, page: Page, draft: _Draft, starts: list[int], end: int, reach: int) -> None:
        """Add the mention that ends here: of the registry, if one of its beginnings makes a near name."""
        mention = self._near_name(page, starts, end, reach) or _unknown_name(page, starts[0], end, reach)
        rivals = [other for other in draft.known if mention.overlaps(other.start, other.reach)]
        if all(_is_clip_inside(rival, mention) for rival in rivals):
            draft.known = [other for other in draft.known if other not in rivals] if rivals else draft.known
            draft.unknown[mention.start] = mention

    def _near_name(self, page: Page, starts: list[int], end: int, reach: int) -> Mention | None:
        for start in starts:
            text = page.text[start:end]
            if (near := self._near.find(text)) is not None:
                readings, rule = near
                return Mention(start, end, reach, text, readings, Rule(rule), page.wide_edges[start])
        return None

    def _misspelt(self, page: Page, chosen: list[Mention]) -> list[Mention]:
        """Add a near name at the beginnings that a title offers, where it names no estate yet."""
        text, title = page.text, page.title_end
        if title >= _LONGEST_TITLE or any(m.start < title and m.readings for m in chosen):
            return chosen
        # Of places that follow one another, in 岳麓区咸嘉湖街道X, the name begins behind the last.
        for begin in _LAST_PLACE.finditer(page.wide_edges, 0, title + 1):
            start = begin.start()
            window = text[start : min(title, start + _MAX_NEAR)]
            if len(window) < _MIN_NEAR or not window[0].isalnum() or not self._near.may_begin(window):
                continue
            for end in range(start + len(window), start + _MIN_NEAR - 1, -1):
                near = self._near.find(text[start:end], strict=True)
                if near is None or any(m.readings and m.overlaps(start, end) for m in chosen):
                    continue
                reach = reach_of(text, end)
                is_swapped = near[1] == Rule.WORD_ORDER and text[end - 1] in TAIL_CHARACTERS
                if end - start > _MIN_NEAR or is_swapped or is_used(text, end, reach):
                    found = Mention(start, end, reach, text[start:end], near[0], Rule(near[1]), Edge.PLACE)
                    return [*(m for m in chosen if not m.overlaps(start, reach)), found]
        return chosen


def _goes_on_otherwise(text: str, end: int) -> bool:
    """Say whether what follows a name surely is no part of a longer one: 的业主, 9栋."""
    return text.startswith("的", end) or is_building(text, end)


def _unknown_name(page: Page, start: int, end: int, reach: int) -> Mention:
    """Return the mention of an estate that the registry lacks."""
    text, last = page.text, own_end(page.text, end)
    named_after = is_named_after(text, end) or text.startswith(_COMMUNITY, end)
    elsewhere = named_after and last == end and not text.endswith(_OWN_TAILS, start, end)
    left, reach = page.wide_edges[start], max(reach, last)
    return Mention(start, last, reach, text[start:last], (), Rule.UNKNOWN, left, elsewhere)


def _repeated(page: Page, chosen: list[Mention]) -> list[Mention]:
    """Add the places where a name that was recognised by its use stands without it: A市金科天悦的车位."""
    text = page.text
    found = list(chosen)
    for name in {m.text for m in chosen if m.rule is Rule.UNKNOWN and len(m.text) >= _MIN_REPEATED}:
        start = text.find(name)
        while start >= 0 and len(found) < _MAX_REPEATED:
            end = start + len(name)
            if not any(mention.overlaps(start, end) for mention in found):
                found.append(_unknown_name(page, start, end, reach_of(text, end)))
            start = text.find(name, end)
    return found


def _is_clip_inside(rival: Mention, mention: Mention) -> bool:
    """Say whether a part of a known name is only the middle of a longer name."""
    return rival.rule is Rule.CLIP and mention.start <= rival.start and rival.reach < mention.end


def _start(mention: Mention) -> int:
    return mention.start


def _tails_of_others(spellings: Spellings) -> frozenset[str]:
    """Return the spellings that other names end with: 新城小区 of 丽发新城小区."""
    names = [text for text, readings in spellings.items() if readings[0].spelling < Spelling.CLIPPED]
    known = set(names)
    return frozenset(name[cut:] for name in names for cut in range(1, len(name) - 1) if name[cut:] in known)


def _resolve(mentions: list[Mention]) -> list[Mention]:
    """Keep, of mentions that overlap, the one that explains most of the text."""
    if all(one.reach <= other.start for one, other in pairwise(mentions)):
        return mentions
    chosen: list[Mention] = []
    taken: set[int] = set()
    for mention in sorted(mentions, key=_explains):
        span = range(mention.start, mention.reach)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append(mention)
    return chosen


def _explains(mention: Mention) -> tuple[int, bool, int]:
    """Order mentions by how much of the text they explain, most first."""
    return mention.start - mention.reach, mention.rule is Rule.UNKNOWN, mention.start - mention.end
