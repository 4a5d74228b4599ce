"""Says which estate a complaint is about. Pure: no I/O, deterministic, safe to share among threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from producers.contract import ComplaintEvent
from streams.contract import UNPLACED, Path, Role, Tag
from streams.estates.folding import Folder, fold
from streams.estates.matcher import Matcher
from streams.estates.registry import Registry
from streams.estates.variants import compile_spellings


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
        replacements: what the source wrote in place of words (see `folding.Folder`).
    """

    def __init__(self, registry: Registry, replacements: Mapping[str, str] | None = None) -> None:
        self._registry = registry
        self._folder = Folder(replacements)
        self._spellings = compile_spellings(registry)
        self._matcher = Matcher(self._spellings)

    def tag(self, event: ComplaintEvent) -> Tagging:
        """Return the estates that the event is about or names."""
        tags = [*self._by_field(event), *self._by_text(event)]
        if not tags:
            return Tagging(None, (), Path(UNPLACED))
        primary = max(tags, key=lambda tag: tag.confidence)
        others = tuple(tag for tag in tags if tag is not primary)
        return Tagging(primary, others, self._registry.path(primary.estate_id))

    def _by_field(self, event: ComplaintEvent) -> list[Tag]:
        readings = self._spellings.get(fold(event.estate), ())
        return [_tag(readings[0].estate_id, readings[0].name, "", "source_field", 0.99)] if readings else []

    def _by_text(self, event: ComplaintEvent) -> list[Tag]:
        text = f"{event.title}\n{event.text}"
        folded = self._folder.fold(text)
        hits = self._matcher.find(folded)
        if not hits:
            return []
        origins = self._folder.origins(text)
        tags: dict[str, Tag] = {}
        for hit in hits:
            reading = self._spellings[hit.spelling][0]
            surface = text[origins[hit.start][0] : origins[hit.end - 1][1]]
            tags.setdefault(reading.estate_id, _tag(reading.estate_id, reading.name, surface, "name", 0.6))
        return list(tags.values())


def _tag(estate_id: str, name: str, surface: str, rule: str, confidence: float) -> Tag:
    return Tag(
        estate_id=estate_id,
        name=name,
        surface=surface,
        role=Role.PRIMARY,
        rule=rule,
        confidence=confidence,
    )
