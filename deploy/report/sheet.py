"""A section's table on the pages of a PDF: columns that fit, and a head that each page repeats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Table, TableStyle

from deploy.report.document import Kind, Section, written
from deploy.report.lettering import INK, LATIN, is_latin, paragraph, width

SIZES: Final = (8.0, 7.5, 7.0, 6.5)
"""Heights of letters, in points: the first with which the table fits."""
PADDING: Final = 0.4
"""At either side of a cell, in heights of letters."""
TOLERANCE: Final = 0.1
"""Without these points a text that just fits would be broken, by how sums of widths are rounded."""
MOST_LINES: Final = 4
"""Lines that the head of a column may take."""
NARROWEST: Final = 60.0
"""A column of text gives way to this width, in points."""
LINE: Final = HexColor("#d5dbe2")
HEAD: Final = HexColor("#eef1f5")


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in a column: words at the left, which may wrap, or numbers at the right."""

    name: str
    texts: Sequence[str]
    is_text: bool

    def width(self, size: float, lines: int) -> float:
        """Return the width in which its name takes so many lines and nothing else wraps, in points."""
        widest = max((width(text, size) for text in self.texts), default=0.0)
        return max(widest, _width_of_name(self.name, size, lines)) + 2 * PADDING * size + TOLERANCE


def sheet(section: Section, room: float) -> Table:
    """Return the table of a section, at most `room` points wide."""
    columns = [
        Column(
            name,
            [written(row[index], kind) for row in section.rows],
            is_text=kind is Kind.TEXT
            and not any(isinstance(row[index], int | float) for row in section.rows),
        )
        for index, (name, kind) in enumerate(section.columns)
    ]
    size, widths = fitted(columns, room)
    cells = zip(*(_cells(column, size) for column in columns), strict=True)
    style = TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), LATIN, size, 1.35 * size),
            ("TEXTCOLOR", (0, 0), (-1, -1), INK),
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("VALIGN", (0, 1), (-1, -1), "TOP"),
            ("ALIGN", (0, 0), (-1, -1), "RIGHT"),
            ("BACKGROUND", (0, 0), (-1, 0), HEAD),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), PADDING * size),
            ("RIGHTPADDING", (0, 0), (-1, -1), PADDING * size),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ]
    )
    return Table(
        [*cells], colWidths=widths, repeatRows=1, splitInRow=1, hAlign="LEFT", spaceBefore=5, style=style
    )


def fitted(columns: Sequence[Column], room: float) -> tuple[float, list[float]]:
    """Return height of letters and width of each column, in points.

    As long as the table is wider than the room, names of columns take another line, then letters shrink.
    Where that is not enough, columns of text give way, the widest first.
    """
    widths: list[float] = []
    for size in SIZES:
        for lines in range(1, MOST_LINES + 1):
            widths = [column.width(size, lines) for column in columns]
            if sum(widths) <= room:
                return size, widths
    while sum(widths) > room:
        can_give = [
            index for index, column in enumerate(columns) if column.is_text and widths[index] > NARROWEST
        ]
        if not can_give:
            break
        widest = max(can_give, key=lambda index: widths[index])
        widths[widest] = max(NARROWEST, widths[widest] - min(10.0, sum(widths) - room))
    return SIZES[-1], widths


def _cells(column: Column, size: float) -> Iterator[str | Flowable]:
    """Yield the name and the cells. Numbers are strings, which are quick to lay out; words can wrap."""
    yield paragraph(column.name, size, is_right=not column.is_text)
    for text in column.texts:
        is_string = not column.is_text and is_latin(text)
        yield text if is_string else paragraph(text, size, is_right=not column.is_text)


def _width_of_name(name: str, size: float, lines: int) -> float:
    """Return the width in which a column's name takes so many lines; no Latin word is broken."""
    whole = width(name, size)
    if lines == 1:
        return whole
    longest = max(width(word, size) for word in name.split()) if is_latin(name) else 2 * size
    return max(longest, min(whole, whole / lines + size))
