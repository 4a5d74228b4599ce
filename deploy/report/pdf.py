"""Writes a report as a PDF of A4 pages: what the page in HTML holds, in its order. Pure.

The same document makes the same bytes: ReportLab's `invariant` gives the file a fixed date and number.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, SimpleDocTemplate, Spacer

from deploy.report.chart import Chart
from deploy.report.document import Document, Section
from deploy.report.lettering import SOFT, draw, markup, paragraph, prepare_fonts, style, width
from deploy.report.sheet import sheet

PADDING: Final = 6.0
"""What ReportLab's frames leave free within their margins, in points."""
MARGIN: Final = 12 * mm
"""At the left, at the right and over the text."""
BOTTOM: Final = 18 * mm
FOOT: Final = 10 * mm
"""Height of the base line of the page's number."""
WIDTH: Final = A4[0] - 2 * MARGIN
HEIGHT: Final = A4[1] - MARGIN - BOTTOM
SMALL: Final = 7.5
"""Size of the letters of the foot, in points."""


def as_pdf(document: Document) -> bytes:
    """Return the report as pages that have their number, and an outline of its sections.

    They are laid out twice: how many there are is known when the last has been laid out.
    """
    prepare_fonts()
    _, pages = _laid_out(document, 0)
    content, _ = _laid_out(document, pages)
    return content


def _laid_out(document: Document, pages: int) -> tuple[bytes, int]:
    """Return the file, every page of which says that there are so many `pages`, and how many there are."""
    foot = f"{document.title}  ·  " + "  ·  ".join(document.notes[:2])
    out = io.BytesIO()

    def draw_foot(canvas: Canvas, template: SimpleDocTemplate) -> None:
        number = f"{template.page} / {pages}"
        canvas.saveState()
        canvas.setFillColor(SOFT)
        room = WIDTH - width(number, SMALL) - 4 * SMALL
        draw(canvas, MARGIN, FOOT, foot, min(SMALL, SMALL * room / width(foot, SMALL)))
        draw(canvas, A4[0] - MARGIN, FOOT, number, SMALL, "end")
        canvas.restoreState()

    template = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - PADDING,
        rightMargin=MARGIN - PADDING,
        topMargin=MARGIN - PADDING,
        bottomMargin=BOTTOM - PADDING,
        title=document.title,
        author="estate-pulse",
        subject="; ".join(document.notes[:2]),
        creator="estate-pulse",
        lang=document.language,
        invariant=1,
    )
    template.build(list(_story(document)), onFirstPage=draw_foot, onLaterPages=draw_foot)
    return out.getvalue(), template.page


def _story(document: Document) -> Iterator[Flowable]:
    yield paragraph(document.title, 17)
    yield Spacer(1, 4)
    for note in document.notes:
        yield paragraph(note, 9, SOFT)
    for section in document.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[Flowable]:
    """Yield a section: what is said of it, chart, table. No page ends with little of one."""
    head: list[Flowable] = [Heading(section.key, section.title)]
    head += [paragraph(note, 9, SOFT) for note in section.notes]
    parts: list[list[Flowable]] = [head]
    if section.drawing:
        head.append(Chart(section.drawing))
        parts.append([])
    if section.rows:
        parts[-1].append(sheet(section, WIDTH))
    for part in filter(None, parts):
        *before, last = part
        yield CondPageBreak(sum(map(_height, before)) + _least(last))
        yield from part


def _least(part: Flowable) -> float:
    """Return the height, in points, with which a part is begun: a chart up to half a page stays whole."""
    height, whole = _height(part), HEIGHT / 2 if isinstance(part, Chart) else HEIGHT / 4
    return height if height <= whole else HEIGHT / 4


def _height(part: Flowable) -> float:
    return part.wrap(WIDTH, HEIGHT)[1] + part.getSpaceBefore() + part.getSpaceAfter()


class Heading(Paragraph):
    """The title of a section, which the outline of the file leads to."""

    def __init__(self, key: str, title: str) -> None:
        super().__init__(markup(title), style(title, 12.5))
        self.spaceBefore = 16
        self.spaceAfter = 3
        self._key = key
        self._title = title

    def draw(self) -> None:
        """Draw it, and put it into the outline."""
        self.canv.bookmarkHorizontal(self._key, 0, self.height)
        self.canv.addOutlineEntry(self._title, self._key)
        super().draw()
