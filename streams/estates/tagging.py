"""Says which estate a complaint is about. Pure: no I/O, deterministic, safe to share among threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from producers.contract import ComplaintEvent
from streams.contract import UNPLACED, Path, Role, Tag
from streams.estates.candidates import Candidate, gather, is_likely, keyed_id
from streams.estates.context import NO_CHOICE, Choice, Context, only_choice
from streams.estates.coordinates import is_possible, to_wgs84
from streams.estates.edges import Edge, EdgeFinder
from streams.estates.evidence import NAMES, EvidenceReader, Pieces, ruled
from streams.estates.folding import Folder, Sheet, fold
from streams.estates.gazetteer import places, suffixes
from streams.estates.lexicon import BOUNDARIES, CLAUSE_END, SUFFIXES
from streams.estates.lists import shared_in_lists
from streams.estates.mentions import Mention, MentionFinder, Page
from streams.estates.names_model import NamesModel
from streams.estates.positions import Positions
from streams.estates.primaries import primaries_of
from streams.estates.registry import Registry
from streams.estates.replacements import DECLARED
from streams.estates.variants import brands_of, compile_spellings, own_name
from streams.estates.weights import Forest, Weights, load_weights

LONGEST_TEXT: Final = 20_000
"""Characters of a text that are read; a letter names its estate long before."""
REVIEW_BELOW: Final = 0.65
"""A tag of lower confidence is for a person to look at."""
_SURE: Final = 0.5
"""What a text says less surely gives way to where it is said of, if that is surer."""
_FIELD: Final = 0.97
_INSIDE: Final = 0.95
_NEAREST: Final = 0.6
_ADDRESS: Final = 0.9
_BATCH_CHARACTERS: Final = 50_000
"""Of texts that are read together: the arrays over them stay in a core's cache."""
_PLAIN: Final = Folder()


@dataclass(frozen=True, slots=True)
class Tagging:
    """What a message says about estates."""

    primary: Tag | None
    """The estate that the event counts at: the surest primary."""
    others: tuple[Tag, ...]
    """Further primaries, and landmarks."""
    path: Path
    """The units that the event counts at."""


@dataclass(slots=True)
class _Letter:
    """One message among those that were folded together."""

    sheet: Sheet
    number: int
    """Which of the sheet it is."""
    page: Page
    candidates: list[Candidate]
    rows: list[Pieces]
    """The evidence for each candidate."""
    probabilities: Sequence[float] = ()
    """Of each candidate that the message is about it."""


class Tagger:
    """Tags complaints by one registry.

    Args:
        registry: the estates to find.
        replacements: what a source wrote in place of words (`replacements.py`), for all events; absent:
            what the event's own source has declared.
        weights: how evidence adds up; absent: as it was learned.
    """

    def __init__(
        self,
        registry: Registry,
        replacements: Mapping[str, str] | None = None,
        weights: Weights | None = None,
    ) -> None:
        weights = weights or load_weights()
        if tuple(weights.evidence) != NAMES:
            raise ValueError("weights.json is of another version of evidence.py: run fit_tagging.py")
        declared = DECLARED if replacements is None else {"": replacements}
        damage = {found: meant for words in declared.values() for found, meant in words.items()}
        self._registry = registry
        self._forests = {True: Forest(weights.known), False: Forest(weights.unknown)}
        self._folders = {source: Folder(words) for source, words in declared.items()}
        self._everywhere = self._folders.get("", Folder())
        self._spellings = compile_spellings(registry, damage)
        model = NamesModel(map(fold, _names(registry)), weights.letters)
        words = dict.fromkeys(BOUNDARIES, Edge.WORD) | dict.fromkeys(places(registry), Edge.PLACE)
        self._edges = EdgeFinder(words, model)
        self._finder = MentionFinder(self._spellings, model, suffixes(registry))
        self._evidence = EvidenceReader(model, brands_of(registry), suffixes(registry) | set(SUFFIXES))
        self._context = Context(registry)
        self._positions = Positions(registry)
        self._unplaced = registry.path(UNPLACED)

    def tag(self, event: ComplaintEvent) -> Tagging:
        """Return the estates that the event is about or names."""
        return self.tag_all([event])[0]

    def tag_all(self, events: Sequence[ComplaintEvent]) -> list[Tagging]:
        """Return the same for each of many events: a batch costs a fraction of its events one by one."""
        return [tagging for batch in _batches(events) for tagging in self._tag_batch(batch)]

    def weigh(self, event: ComplaintEvent) -> list[tuple[Candidate, float, Pieces]]:
        """Return the candidates of an event's text, the probability of each and the evidence for it."""
        [letter] = self._read([event])
        return list(zip(letter.candidates, letter.probabilities, letter.rows, strict=True))

    def _tag_batch(self, events: Sequence[ComplaintEvent]) -> list[Tagging]:
        letters = self._read(events)
        by_text = [
            self._tags(letter, event) if letter.candidates else []
            for letter, event in zip(letters, events, strict=True)
        ]
        primaries = [
            self._by_field(event) or _surest(tags) for event, tags in zip(events, by_text, strict=True)
        ]
        doubtful = [n for n, primary in enumerate(primaries) if primary is None or primary.confidence < _SURE]
        for number, placed in zip(doubtful, self._by_place([events[n] for n in doubtful]), strict=True):
            primaries[number] = max(filter(None, (primaries[number], placed)), key=_confidence, default=None)
        return [
            self._tagging(event, letter, primary, tags)
            for event, letter, primary, tags in zip(events, letters, primaries, by_text, strict=True)
        ]

    def _tagging(
        self, event: ComplaintEvent, letter: _Letter, primary: Tag | None, by_text: list[Tag]
    ) -> Tagging:
        if primary is None:
            return Tagging(None, tuple(by_text), self._unplaced)
        others = tuple([tag for tag in by_text if tag.estate_id != primary.estate_id])
        return Tagging(primary, others, self._path(primary, event, letter.page))

    # -- what the text says --------------------------------------------------------------------------------

    def _read(self, events: Sequence[ComplaintEvent]) -> list[_Letter]:
        """Return the texts of events with their candidates weighed, in the same order."""
        by_folder: dict[Folder, list[int]] = {}
        for number, event in enumerate(events):
            by_folder.setdefault(self._folders.get(event.source, self._everywhere), []).append(number)
        letters: dict[int, _Letter] = {}
        for folder, numbers in by_folder.items():
            texts = [(events[n].title[:LONGEST_TEXT], events[n].text[:LONGEST_TEXT]) for n in numbers]
            sheet = folder.fold_all(texts)
            letters |= zip(numbers, self._letters(sheet), strict=True)
        self._weigh(list(letters.values()))
        return [letters[number] for number in range(len(events))]

    def _letters(self, sheet: Sheet) -> Iterator[_Letter]:
        pages = self._pages(sheet)
        for number, (page, mentions) in enumerate(zip(pages, self._finder.find(sheet, pages), strict=True)):
            candidates = [c for c in gather(mentions) if is_likely(c, page)] if mentions else []
            rows = self._evidence.read(page, candidates) if candidates else []
            yield _Letter(sheet, number, page, candidates, rows)

    def _pages(self, sheet: Sheet) -> list[Page]:
        self._edges.mark(sheet)
        text, edges, wide = sheet.text, sheet.edges, sheet.wide_edges
        return [
            Page(text[begin:end], title - begin, edges[begin:end], wide[begin:end])
            for begin, title, end in sheet.spans
        ]

    def _weigh(self, letters: Sequence[_Letter]) -> None:
        """Give the candidates of all letters their probabilities."""
        learned: dict[bool, Iterator[float]] = {}
        for is_known, forest in self._forests.items():
            rows = [
                row
                for letter in letters
                for candidate, row in zip(letter.candidates, letter.rows, strict=True)
                if candidate.is_known is is_known
            ]
            learned[is_known] = iter(forest.probabilities(rows))
        for letter in letters:
            single = [
                ruled(next(learned[candidate.is_known]), row)
                for candidate, row in zip(letter.candidates, letter.rows, strict=True)
            ]
            letter.probabilities = shared_in_lists(letter.page.text, letter.candidates, single)

    def _tags(self, letter: _Letter, event: ComplaintEvent) -> list[Tag]:
        primaries = primaries_of(letter.candidates, letter.probabilities)
        return [
            self._tag(letter, place, event, primary=place in primaries)
            for place, candidate in enumerate(letter.candidates)
            if place in primaries or _is_landmark(candidate)
        ]

    def _tag(self, letter: _Letter, place: int, event: ComplaintEvent, *, primary: bool) -> Tag:
        candidate, probability = letter.candidates[place], letter.probabilities[place]
        mention, reading = candidate.best, candidate.reading
        choice = self._choose(candidate, event, letter.page.text)
        name = reading.name if reading else ""
        return Tag(
            estate_id=choice.reading.estate_id
            if choice.reading
            else keyed_id(reading.key if reading else own_name(mention.text)),
            name=name,
            surface=letter.sheet.original(letter.number, mention.start, mention.end),
            role=Role.PRIMARY if primary else Role.LANDMARK,
            rule=mention.rule.value,
            evidence=choice.evidence,
            confidence=round((probability if primary else 1 - probability) * choice.certainty, 4),
        )

    def _choose(self, candidate: Candidate, event: ComplaintEvent, text: str) -> Choice:
        mention = candidate.best
        if candidate.reading is None:
            return NO_CHOICE
        nearest = mention.readings[0].spelling
        named = [r for r in mention.readings if r.spelling == nearest]
        reported = [r for r in named if r.name == candidate.reading.name] or named
        if (only := only_choice(reported)) is not None:
            return only
        stop = CLAUSE_END.search(text, mention.reach)
        return self._context.choose(reported, event, text[: stop.start() if stop else len(text)])

    # -- what the fields say -------------------------------------------------------------------------------

    def _by_field(self, event: ComplaintEvent) -> Tag | None:
        """Return the estate that the source itself names."""
        if not event.estate or not event.estate.strip():
            return None
        folded = _folded_field(event.estate)
        readings = self._spellings.get(folded, ())
        if not readings:
            return _structured(keyed_id(own_name(folded)), "", "source_field", "", _FIELD)
        choice = only_choice(readings) or self._context.choose(
            readings, event, fold(f"{event.title}\n{event.address}")
        )
        estate_id = choice.reading.estate_id if choice.reading else keyed_id(own_name(folded))
        return _structured(
            estate_id, readings[0].name, "source_field", choice.evidence, _FIELD * choice.certainty
        )

    def _by_place(self, events: Sequence[ComplaintEvent]) -> list[Tag | None]:
        """Return the estate at each event's position or address: an outline, then a name, then nearness."""
        named: list[Tag | None] = [None] * len(events)
        told = [number for number, event in enumerate(events) if event.address]
        if told:
            sheet = _PLAIN.fold_all([("", events[number].address[:LONGEST_TEXT]) for number in told])
            pages = self._pages(sheet)
            found = self._finder.find(sheet, pages)
            for number, page, mentions in zip(told, pages, found, strict=True):
                named[number] = self._by_address(events[number], page, mentions)
        return [self._by_position(event, tag) for event, tag in zip(events, named, strict=True)]

    def _by_address(self, event: ComplaintEvent, page: Page, mentions: Sequence[Mention]) -> Tag | None:
        """Return the one estate that the address names."""
        known = [m for m in mentions if m.readings and not m.elsewhere]
        candidates = gather(known)
        if len(candidates) != 1 or candidates[0].reading is None:
            return None
        readings = candidates[0].best.readings
        choice = only_choice(readings) or self._context.choose(readings, event, page.text)
        if choice.reading is None:
            return None
        return _structured(
            choice.reading.estate_id, candidates[0].reading.name, "address", choice.evidence, _ADDRESS
        )

    def _by_position(self, event: ComplaintEvent, named: Tag | None) -> Tag | None:
        """Return the estate where the event has happened, `named` being the one that its address names."""
        if event.lon is None or event.lat is None:
            return named
        lon, lat = to_wgs84(event.lon, event.lat, event.crs)
        if not is_possible(lon, lat):
            return named
        if estate_id := self._positions.inside(lon, lat):
            return _structured(estate_id, self._registry.estates[estate_id].name, "outline", "", _INSIDE)
        if named is not None and not self._registry.estates[named.estate_id].polygon:
            return named
        estate_id, metres = self._positions.nearest(lon, lat)
        if not estate_id:
            return None
        name = self._registry.estates[estate_id].name
        return _structured(estate_id, name, "nearest", f"{metres:.0f} m", _NEAREST)

    def _path(self, tag: Tag, event: ComplaintEvent, page: Page) -> Path:
        if tag.estate_id in self._registry.estates:
            return self._registry.path(tag.estate_id)
        named = {"district": event.district, "street": event.street, "community": event.community}
        path = self._registry.path_of_candidate(tag.estate_id, **named)
        if path.district:
            return path
        areas = self._context.named_areas(page.text[: page.title_end])
        districts = {self._registry.area_path(area).district for area in areas} - {""}
        return msgspec.structs.replace(path, district=districts.pop()) if len(districts) == 1 else path


def _names(registry: Registry) -> list[str]:
    return [name for estate in registry.estates.values() for name in (estate.name, *estate.aliases)]


def _batches(events: Sequence[ComplaintEvent]) -> Iterator[Sequence[ComplaintEvent]]:
    """Cut events so that each batch but its last event has fewer characters than are read together."""
    begin = characters = 0
    for number, event in enumerate(events, 1):
        characters += min(len(event.title), LONGEST_TEXT) + min(len(event.text), LONGEST_TEXT)
        if characters >= _BATCH_CHARACTERS:
            yield events[begin:number]
            begin, characters = number, 0
    if begin < len(events):
        yield events[begin:]


def _surest(tags: Sequence[Tag]) -> Tag | None:
    return max((tag for tag in tags if tag.role is Role.PRIMARY), key=_confidence, default=None)


def _is_landmark(candidate: Candidate) -> bool:
    """Say whether an estate that the message is not about is still worth keeping with it."""
    return candidate.is_known and not all(mention.elsewhere for mention in candidate.mentions)


_folded_field: Final = lru_cache(maxsize=4096)(fold)


def _confidence(tag: Tag) -> float:
    return tag.confidence


def _structured(estate_id: str, name: str, rule: str, evidence_: str, confidence: float) -> Tag:
    return Tag(
        estate_id=estate_id,
        name=name,
        surface="",
        role=Role.PRIMARY,
        rule=rule,
        evidence=evidence_,
        confidence=round(confidence, 4),
    )
