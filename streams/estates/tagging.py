"""Says which estate a complaint is about. Pure: no I/O, deterministic, safe to share among threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from producers.contract import ComplaintEvent
from streams.contract import UNPLACED, Path, Role, Tag
from streams.estates.candidates import Candidate, candidate_id, gather, is_likely
from streams.estates.context import Choice, Context
from streams.estates.coordinates import is_possible, to_wgs84
from streams.estates.evidence import NAMES, Scene, evidence, ruled
from streams.estates.folding import Folder, Offsets, fold
from streams.estates.gazetteer import places, suffixes
from streams.estates.lexicon import CLAUSE_END
from streams.estates.lists import shared_in_lists
from streams.estates.mentions import MentionFinder
from streams.estates.names_model import NamesModel
from streams.estates.positions import Positions
from streams.estates.registry import Registry
from streams.estates.replacements import DECLARED
from streams.estates.variants import Reading, compile_spellings
from streams.estates.weights import Forest, Weights, load_weights

LONGEST_TEXT: Final = 20_000
"""Characters of a text that are read; a letter names its estate long before."""
PRIMARY_FROM: Final = 0.5
"""Probability from which an estate of the registry is taken for what the message is about."""
UNKNOWN_FROM: Final = 0.4
"""The same for a name that the registry lacks: to find it is worth some false ones."""
REVIEW_BELOW: Final = 0.65
"""A tag of lower confidence is for a person to look at."""
_FIELD: Final = 0.97
_INSIDE: Final = 0.95
_NEAREST: Final = 0.6
_ADDRESS: Final = 0.9


@dataclass(frozen=True, slots=True)
class Tagging:
    """What a message says about estates."""

    primary: Tag | None
    """The estate that the event counts at: the surest primary."""
    others: tuple[Tag, ...]
    """Further primaries, and landmarks."""
    path: Path
    """The units that the event counts at."""


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
        self._model = NamesModel(map(fold, _names(registry)), weights.letters)
        self._finder = MentionFinder(self._spellings, places(registry), self._model, suffixes(registry))
        self._context = Context(registry)
        self._positions = Positions(registry)

    def tag(self, event: ComplaintEvent) -> Tagging:
        """Return the estates that the event is about or names."""
        by_text = self._by_text(event)
        surest = max((tag for tag in by_text if tag.role is Role.PRIMARY), key=_confidence, default=None)
        primary = self._by_field(event) or surest or self._by_place(event)
        if primary is None:
            return Tagging(None, tuple(by_text), self._registry.path(UNPLACED))
        others = tuple(tag for tag in by_text if tag.estate_id != primary.estate_id)
        return Tagging(primary, others, self._path(primary, event))

    def weigh(self, event: ComplaintEvent) -> list[tuple[Candidate, float, list[float]]]:
        """Return the candidates of an event's text, the probability of each and the evidence for it."""
        folder = self._folders.get(event.source, self._everywhere)
        return self._weigh(folder, event, folder.fold(_text(event)))

    def _weigh(
        self, folder: Folder, event: ComplaintEvent, folded: str
    ) -> list[tuple[Candidate, float, list[float]]]:
        mentions = self._finder.find(folded)
        if not mentions:
            return []
        title_end = len(folder.fold(event.title[:LONGEST_TEXT]))
        candidates = [candidate for candidate in gather(mentions) if is_likely(candidate, title_end)]
        scene = Scene.of(folded, title_end, candidates)
        weighed: list[tuple[Candidate, float, list[float]]] = []
        for is_known, forest in self._forests.items():
            of_kind = [candidate for candidate in candidates if candidate.is_known is is_known]
            if of_kind:
                rows = [evidence(scene, candidate, self._model) for candidate in of_kind]
                learned = forest.probabilities(rows)
                weighed += zip(of_kind, map(ruled, learned, rows), rows, strict=True)
        weighed.sort(key=lambda item: item[0].mentions[0].start)
        shared = shared_in_lists(folded, candidates, [probability for _, probability, _ in weighed])
        return [(c, p, pieces) for (c, _, pieces), p in zip(weighed, shared, strict=True)]

    def _by_text(self, event: ComplaintEvent) -> list[Tag]:
        folder = self._folders.get(event.source, self._everywhere)
        text = _text(event)
        folded = folder.fold(text)
        weighed = self._weigh(folder, event, folded)
        kept = [item for item in weighed if _is_primary(*item[:2]) or _is_landmark(item[0])]
        if not kept:
            return []
        origins = folder.origins(text)
        return [self._tag(candidate, p, event, text, folded, origins) for candidate, p, _ in kept]

    def _tag(
        self,
        candidate: Candidate,
        probability: float,
        event: ComplaintEvent,
        text: str,
        folded: str,
        origins: tuple[Offsets, Offsets],
    ) -> Tag:
        mention = candidate.best
        surface = text[origins[0][mention.start] : origins[1][mention.end - 1]]
        choice = self._choose(candidate, event, folded)
        name = candidate.reading.name if candidate.reading else ""
        primary = _is_primary(candidate, probability)
        return Tag(
            estate_id=choice.reading.estate_id if choice.reading else candidate_id(name or mention.text),
            name=name,
            surface=surface,
            role=Role.PRIMARY if primary else Role.LANDMARK,
            rule=mention.rule.value,
            evidence=choice.evidence,
            confidence=round((probability if primary else 1 - probability) * choice.certainty, 4),
        )

    def _choose(self, candidate: Candidate, event: ComplaintEvent, folded: str) -> Choice:
        mention = candidate.best
        if not mention.readings or candidate.reading is None:
            return Choice(None, "", 1.0)
        stop = CLAUSE_END.search(folded, mention.reach)
        named = [
            r for r in mention.readings if r.spelling == mention.readings[0].spelling
        ] or mention.readings
        reported = [r for r in named if r.name == candidate.reading.name] or named
        return self._context.choose(reported, event, folded[: stop.start() if stop else len(folded)])

    def _by_field(self, event: ComplaintEvent) -> Tag | None:
        """Return the estate that the source itself names."""
        if not event.estate.strip():
            return None
        readings = self._spellings.get(fold(event.estate), ())
        if not readings:
            return _structured(candidate_id(event.estate), "", "source_field", "", _FIELD)
        choice = self._context.choose(readings, event, fold(f"{event.title}\n{event.address}"))
        estate_id = choice.reading.estate_id if choice.reading else candidate_id(event.estate)
        return _structured(
            estate_id, readings[0].name, "source_field", choice.evidence, _FIELD * choice.certainty
        )

    def _by_address(self, event: ComplaintEvent) -> Tag | None:
        """Return the one estate that the address names."""
        if not event.address:
            return None
        known = [
            m for m in self._finder.find(fold(event.address[:LONGEST_TEXT])) if m.readings and not m.elsewhere
        ]
        candidates = gather(known)
        if len(candidates) != 1 or candidates[0].reading is None:
            return None
        choice = self._context.choose(candidates[0].best.readings, event, fold(event.address))
        reading: Reading | None = choice.reading
        if reading is None:
            return None
        return _structured(
            reading.estate_id, candidates[0].reading.name, "address", choice.evidence, _ADDRESS
        )

    def _by_place(self, event: ComplaintEvent) -> Tag | None:
        """Return the estate at the event's position or address: an outline, then a name, then nearness."""
        lon, lat = to_wgs84(event.lon or 0.0, event.lat or 0.0, event.crs)
        if not is_possible(lon, lat):
            return self._by_address(event)
        if estate_id := self._positions.inside(lon, lat):
            return _structured(estate_id, self._registry.estates[estate_id].name, "outline", "", _INSIDE)
        named = self._by_address(event)
        if named is not None and not self._registry.estates[named.estate_id].polygon:
            return named
        estate_id, metres = self._positions.nearest(lon, lat)
        if not estate_id:
            return None
        name = self._registry.estates[estate_id].name
        return _structured(estate_id, name, "nearest", f"{metres:.0f} m", _NEAREST)

    def _path(self, tag: Tag, event: ComplaintEvent) -> Path:
        if tag.estate_id in self._registry.estates:
            return self._registry.path(tag.estate_id)
        named = {"district": event.district, "street": event.street, "community": event.community}
        path = self._registry.path_of_candidate(tag.estate_id, **named)
        if path.district:
            return path
        folder = self._folders.get(event.source, self._everywhere)
        areas = self._context.named_areas(folder.fold(event.title))
        districts = {self._registry.area_path(area).district for area in areas} - {""}
        return msgspec.structs.replace(path, district=districts.pop()) if len(districts) == 1 else path


def _names(registry: Registry) -> list[str]:
    return [name for estate in registry.estates.values() for name in (estate.name, *estate.aliases)]


def _text(event: ComplaintEvent) -> str:
    return f"{event.title[:LONGEST_TEXT]}\n{event.text[:LONGEST_TEXT]}"


def _is_primary(candidate: Candidate, probability: float) -> bool:
    return probability >= (PRIMARY_FROM if candidate.is_known else UNKNOWN_FROM)


def _is_landmark(candidate: Candidate) -> bool:
    """Say whether an estate that the message is not about is still worth keeping with it."""
    return candidate.is_known and not all(mention.elsewhere for mention in candidate.mentions)


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
