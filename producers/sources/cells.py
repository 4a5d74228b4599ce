"""What a single cell of an input row says, whatever type its file gave it. Pure."""

from __future__ import annotations

import math
from typing import Any, Final

_MAX_EXACT: Final = 10**15
"""Excel keeps 15 digits of a number: a longer request number that was typed as one has lost its end."""


_JSON_TYPES: Final = (str, int, float, bool, dict, list, type(None))


class Flaw(Exception):
    """A cell that cannot become its field.

    Args:
        column: where it stands.
        field: what it should become.
        cell: as it stands; None where it is missing.
        why: what is wrong with it.
    """

    def __init__(self, column: str, field: str, cell: Any, why: str) -> None:
        super().__init__(f"column {column}: {why}")
        self.field = field
        self.cell = cell


def as_text(cell: Any) -> str:
    """Return a cell as text without blanks around it; a whole number without the `.0` that Excel gives it."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def as_number(cell: Any) -> float:
    """Return a cell as a finite number.

    Raises:
        ValueError: it is none.
    """
    try:
        number = float(cell)
    except (TypeError, ValueError):
        raise ValueError(f"{cell!r} is no number") from None
    if not math.isfinite(number):
        raise ValueError(f"{cell!r} is no finite number")
    return number


def has_lost_digits(cell: Any) -> bool:
    """Return whether a cell is a number longer than a spreadsheet can keep."""
    return isinstance(cell, float) and abs(cell) >= _MAX_EXACT


def json_ready(cell: Any) -> Any:
    """Return a cell in a form that JSON can hold: what has no such form becomes text."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    return cell if isinstance(cell, _JSON_TYPES) else str(cell)
