"""Labels made by reading, and the real messages and listing that they belong to (../shared, where it is).

`labels_estates.csv` and `labels_categories.csv` hold ids and labels of visible messages alone. One reader,
who also wrote the tagger, read the title and the first 130 to 300 characters, in November 2026; the 430 rows
noted as `pre-annotated` with the candidates of an early tagger before the eyes. The 633 rows of the `third
reading` are by a second reader, with candidates before the eyes: mostly messages that the trees of that time
were in doubt of. Rows of the `second reading` were corrected where the two readers differed. The format is
that of the gold labels in ../shared/gold, of which one half (by hash of the id) was never used: it measures.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
SHARED: Final = next(
    (above / "shared" for above in HERE.parents[3:] if (above / "shared" / "gold").is_dir()),
    HERE.parents[3] / "shared",
)
"""Beside the checkout, or beside the folder of a worktree."""
MESSAGES: Final = SHARED / "data" / "tipdm2020c" / "messages_to_2019-09.csv"
LISTING: Final = SHARED / "data" / "estates" / "changsha.csv"
GOLD: Final = SHARED / "gold" / "estates_dev.csv"
SOURCE: Final = "tipdm2020c"
_ENOUGH: Final = 3
"""Characters that surfaces of one unknown estate share (gold/score.py)."""


@dataclass(frozen=True)
class Labelled:
    """One estate that a reader found in a message."""

    primary: bool
    surfaces: tuple[str, ...]
    names: frozenset[str]
    """Names of the listing; none: the listing lacks it."""

    def is_meant_by(self, name: str, surface: str) -> bool:
        """Say whether a tag means this estate, as gold/score.py does."""
        if self.names:
            return name in self.names
        return not name and any(
            _common_run(surface, other) >= min(_ENOUGH, len(other), max(len(surface), 1))
            for other in self.surfaces
        )


def read_estates(path: Path) -> dict[str, list[Labelled]]:
    """Return the estates of each labelled message."""
    return {row["id"].strip(): list(_estates(row["estates"])) for row in rows(path)}


def read_categories(path: Path) -> dict[str, str]:
    """Return the problem type of each labelled message."""
    return {row["id"].strip(): row["category"].strip() for row in rows(path)}


def is_held_out(message_id: str) -> bool:
    """Say whether a gold label is of the half that measures and was never looked at."""
    return int(hashlib.sha256(message_id.encode()).hexdigest(), 16) % 2 == 1


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as opened:
        yield from csv.DictReader(opened)


def _estates(cell: str) -> Iterator[Labelled]:
    for part in filter(None, cell.split("|")):
        name, surfaces, names = ([*part.lstrip("~").split("="), "", ""])[:3]
        known = frozenset(filter(None, names.split("+"))) - {"?"}
        yield Labelled(not part.startswith("~"), (*filter(None, surfaces.split("/")), name), known)


def _common_run(one: str, other: str) -> int:
    return max(
        (
            size
            for size in range(len(one), 0, -1)
            if any(one[at : at + size] in other for at in range(len(one) - size + 1))
        ),
        default=0,
    )
