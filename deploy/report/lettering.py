"""Text in a PDF without a font file: Helvetica for Latin letters, STSong-Light for all others.

Neither is in the file: Helvetica is one of the 14 fonts that every viewer has, STSong-Light a name for which
viewers take a Chinese font of their own. What is searched or copied in the file is Unicode all the same.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import Final

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

INK: Final = HexColor("#1c2430")
SOFT: Final = HexColor("#5a6675")
LATIN: Final = "Helvetica"
CHINESE: Final = "STSong-Light"
RUNS: Final = re.compile("(?P<latin>[ -~À-ÿ–]+)|[^ -~À-ÿ–]+")
"""Runs of one font. Quotation marks count as Chinese, which sets them as wide as its characters."""


@cache
def prepare_fonts() -> None:
    """Make the Chinese font known to ReportLab, once for a process."""
    registerFont(UnicodeCIDFont(CHINESE))


def runs(text: str) -> list[tuple[str, str]]:
    """Return (font, piece) of a text, in its order; control characters are left out."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    return [(LATIN if each["latin"] else CHINESE, each[0]) for each in RUNS.finditer(printable)]


def is_latin(text: str) -> bool:
    """Return whether a text needs no Chinese font."""
    return all(font == LATIN for font, _ in runs(text))


def width(text: str, size: float) -> float:
    """Return how wide a text is in one line, in points."""
    return sum(stringWidth(piece, font, size) for font, piece in runs(text))


def markup(text: str) -> str:
    """Return a text as a paragraph's markup, in which nothing of the text is taken for markup."""
    return "".join(f'<font name="{font}">{escape(piece)}</font>' for font, piece in runs(text))


def draw(canvas: Canvas, x: float, y: float, text: str, size: float, anchor: str = "start") -> None:
    """Draw a text on one line that begins, ends or is centred at x, its base line at y."""
    shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    line = canvas.beginText(x - shift * width(text, size), y)
    for font, piece in runs(text):
        line.setFont(font, size)
        line.textOut(piece)
    canvas.drawText(line)


def style(text: str, size: float, color: Color = INK, *, is_right: bool = False) -> ParagraphStyle:
    """Return how a paragraph of this text is set: Chinese breaks between any two signs, Latin at blanks."""
    return ParagraphStyle(
        "paragraph",
        fontName=CHINESE,
        fontSize=size,
        leading=1.35 * size,
        textColor=color,
        alignment=TA_RIGHT if is_right else TA_LEFT,
        wordWrap=None if is_latin(text) else "CJK",
    )


def paragraph(text: str, size: float, color: Color = INK, *, is_right: bool = False) -> Paragraph:
    """Return a text as a paragraph; letters of `size` points."""
    return Paragraph(markup(text), style(text, size, color, is_right=is_right))
