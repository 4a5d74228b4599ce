"""A chart of a PDF: the same geometry that the page in HTML shows, broken over pages where it is long."""

from __future__ import annotations

from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from deploy.report.drawing import ROW, WIDTH, Drawing
from deploy.report.lettering import INK, SOFT, draw, width

FILLS: Final = {
    "bar": HexColor("#4a7ab5"),
    "mark": INK,
    "red": HexColor("#c0392b"),
    "black": HexColor("#000000"),
}
SCALE: Final = 0.58
"""Points for each unit of the drawing's plane: 900 units are about as wide as A4 less its margins."""
TEXT: Final = 13.0
"""Height of letters, in units of the plane."""
MARGIN: Final = 4.0
"""Between the chart and what stands over and under it, in points."""


class Chart(Flowable):
    """What a drawing has from `top` down to `bottom`, in units of its plane."""

    def __init__(self, drawing: Drawing, top: float = 0, bottom: float | None = None) -> None:
        super().__init__()
        self._drawing = drawing
        self._top = top
        self._bottom = drawing.height if bottom is None else bottom

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 - the names are ReportLab's
        """Return the width and the height that it takes, in points."""
        del aW, aH
        return WIDTH * SCALE, (self._bottom - self._top) * SCALE + 2 * MARGIN

    def split(self, aW: float, aH: float) -> list[Flowable]:  # noqa: N803 - the names are ReportLab's
        """Return what fits into a height in points and the rest, cut between rows; nothing if no row fits."""
        del aW
        cut = self._top + (aH - 2 * MARGIN) / SCALE // ROW * ROW
        if not self._top < cut < self._bottom:
            return []
        return [Chart(self._drawing, self._top, cut), Chart(self._drawing, cut, self._bottom)]

    def draw(self) -> None:
        """Draw it with the lower left corner at the origin."""
        canvas = self.canv
        canvas.saveState()
        canvas.translate(0, MARGIN + self._bottom * SCALE)
        canvas.scale(SCALE, SCALE)
        for box in self._drawing.boxes:
            if self._shows(box.y):
                canvas.setFillColor(FILLS[box.kind])
                canvas.rect(box.x, -box.y - box.height, box.width, box.height, stroke=0, fill=1)
        self._draw_line()
        canvas.setFillColor(INK)
        for text in self._drawing.texts:
            if self._shows(text.y - TEXT):
                draw(canvas, text.x, -text.y, text.text, _size(text.text, text.x, text.anchor), text.anchor)
        canvas.restoreState()

    def _draw_line(self) -> None:
        points = [(x, -min(max(y, self._top), self._bottom)) for x, y in self._drawing.line]
        if not points:
            return
        self.canv.setStrokeColor(SOFT)
        self.canv.setLineWidth(1.5)
        self.canv.setDash(5, 3)
        path = self.canv.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        self.canv.drawPath(path)

    def _shows(self, y: float) -> bool:
        return self._top <= y < self._bottom


def _size(text: str, x: float, anchor: str) -> float:
    """Return the height of letters at which a text that ends at x begins on the page."""
    return min(TEXT, TEXT * x / width(text, TEXT)) if anchor == "end" and text else TEXT
