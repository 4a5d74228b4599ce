"""What a letter says: which estates it names, what its problem is, and the letter without resident's data.

Every event of a request repeats the letter (`ComplaintEvent`), so a letter that was read lately is not read
again. Pure: what is kept changes no result, only what it costs; one registry's reader keeps one registry's
readings.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

from producers.contract import ComplaintEvent
from streams.estates.categories import Categoriser
from streams.estates.tagging import Tagger, Tagging
from streams.privacy import strip_all

FIELDS: Final = (
    "source", "title", "text", "address", "category", "estate", "community", "street", "district",
    "lon", "lat", "crs",
)  # fmt: skip
"""What of an event is read; events that agree in these are one letter."""
KEPT_LETTERS: Final = 16_384
LONGEST_KEPT: Final = 1000
"""Characters of title, text and address of a letter that is kept: this bounds the memory."""
_written: Final = attrgetter(*FIELDS)

Letter = tuple[Any, ...]


class Reading(NamedTuple):
    """What one letter says."""

    tagging: Tagging
    problem_type: str
    problem_confidence: float
    """Probability that the problem type is right, 0 to 1."""
    title: str
    """Without what would identify a resident; so are `text` and `address`."""
    text: str
    address: str


class LetterReader:
    """Reads letters by one registry.

    Args:
        tagger: of that registry.
        categoriser: names their problems.
        kept: letters that are remembered, the ones met last; 0: none.
    """

    def __init__(self, tagger: Tagger, categoriser: Categoriser, kept: int = KEPT_LETTERS) -> None:
        self._tagger = tagger
        self._categoriser = categoriser
        self._limit = kept
        self._known: OrderedDict[Letter, Reading] = OrderedDict()

    def __len__(self) -> int:
        """Return how many letters are remembered."""
        return len(self._known)

    def read_all(self, events: Sequence[ComplaintEvent]) -> list[Reading]:
        """Return what the letters of events say.

        All at once: of each text, most of the work is a pass over its characters, which costs a tenth of it
        when many texts share the pass (docs/performance.md). The result is that of one by one.
        """
        letters = [_written(event) for event in events]
        known = self._known
        unread = {letter: event for letter, event in zip(letters, events, strict=True) if letter not in known}
        fresh = dict(zip(unread, self._read([*unread.values()]), strict=True)) if unread else {}
        readings = [fresh[letter] if letter in fresh else known[letter] for letter in letters]
        self._keep(letters, fresh)
        return readings

    def _read(self, events: Sequence[ComplaintEvent]) -> list[Reading]:
        taggings = self._tagger.tag_all(events)
        types = self._categoriser.categorise_all(events)
        titles = strip_all([event.title for event in events])
        texts = strip_all([event.text for event in events])
        addresses = strip_all([event.address for event in events])
        read = zip(taggings, types, titles, texts, addresses, strict=True)
        return [Reading(tagging, *type_, *stripped) for tagging, type_, *stripped in read]

    def _keep(self, letters: Sequence[Letter], fresh: dict[Letter, Reading]) -> None:
        known = self._known
        for letter in letters:
            if letter in known:
                known.move_to_end(letter)
        for letter, reading in fresh.items():
            if len(reading.title) + len(reading.text) + len(reading.address) <= LONGEST_KEPT:
                known[letter] = reading
        while len(known) > self._limit:
            known.popitem(last=False)
