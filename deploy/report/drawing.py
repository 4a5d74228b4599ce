"""The report's charts as geometry; the page writes them as SVG, `chart` draws them into a PDF. Pure.

Own drawings, as the console's: they print, need no script, and each stands over the table of its figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sinks.credit import AT_THE_MEAN, Rating, Standing

WIDTH: Final = 900.0
NAME: Final = 300.0
"""Room for names at the left of horizontal charts."""
ROW: Final = 22.0
HEIGHT: Final = 200.0
GAP: Final = 0.25


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a class of the style sheet, and what it says."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text that begins, ends or is centred at a point."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn, in a plane of WIDTH times `height`."""

    height: float
    boxes: Sequence[Box]
    texts: Sequence[Text]
    line: Sequence[tuple[float, float]] = ()
    """The points of a line; none: no line."""


def draw_months(months: Sequence[tuple[str, int, int]]) -> Drawing | None:
    """Draw (month, count, count a year before): bars, and a stepped line over them."""
    if not months:
        return None
    top = max(1, *(max(now, then) for _, now, then in months))
    step = WIDTH / len(months)
    boxes, texts, line = [], [], []
    for index, (name, now, then) in enumerate(months):
        height = HEIGHT * now / top
        boxes.append(
            Box(
                *_rounded(index * step + step * GAP / 2, 20 + HEIGHT - height, step * (1 - GAP), height),
                kind="bar",
                says=f"{name}: {now:,} ({then:,})",
            )
        )
        texts.append(Text(round((index + 0.5) * step, 1), HEIGHT + 36, "middle", name))
        texts.append(
            Text(round((index + 0.5) * step, 1), round(15 + HEIGHT - height, 1), "middle", f"{now:,}")
        )
        level = round(20 + HEIGHT * (1 - then / top), 1)
        line += [(round(index * step, 1), level), (round((index + 1) * step, 1), level)]
    return Drawing(HEIGHT + 44, boxes, texts, line)


def draw_bars(values: Sequence[tuple[str, float]]) -> Drawing | None:
    """Draw one horizontal bar for each name."""
    if not values:
        return None
    top = max(1.0, *(value for _, value in values))
    boxes, texts = [], []
    for index, (name, value) in enumerate(values):
        width = (WIDTH - NAME - 60) * value / top
        boxes.append(
            Box(*_rounded(NAME, index * ROW + 4, width, ROW - 8), kind="bar", says=f"{name}: {value:,.0f}")
        )
        texts.append(Text(NAME - 8, index * ROW + 15, "end", name))
        texts.append(Text(round(NAME + width + 6, 1), index * ROW + 15, "start", f"{value:,.0f}"))
    return Drawing(len(values) * ROW + 4, boxes, texts)


def draw_scores(ratings: Sequence[Rating]) -> Drawing | None:
    """Draw each unit's interval on 0 to 100, with a mark at its score and a line at the mean."""
    if not ratings:
        return None
    scale = (WIDTH - NAME - 20) / 100
    boxes, texts = [], []
    for index, each in enumerate(ratings):
        says = f"{each.name}: {each.score:.1f} ({each.low:.1f}–{each.high:.1f})"
        y = index * ROW
        kind = each.standing.value if each.standing is not Standing.NEITHER else "bar"
        boxes.append(
            Box(
                *_rounded(NAME + each.low * scale, y + 7, (each.high - each.low) * scale, 8),
                kind=kind,
                says=says,
            )
        )
        boxes.append(Box(*_rounded(NAME + each.score * scale - 1.5, y + 3, 3, 16), kind="mark", says=says))
        texts.append(Text(NAME - 8, y + 15, "end", each.name))
    bottom = len(ratings) * ROW
    texts += [Text(NAME + at * scale, bottom + 16, "middle", str(at)) for at in (0, 25, 50, 75, 100)]
    middle = round(NAME + AT_THE_MEAN * scale, 1)
    return Drawing(bottom + 22, boxes, texts, [(middle, 0), (middle, bottom)])


def _rounded(*numbers: float) -> tuple[float, float, float, float]:
    x, y, width, height = (round(number, 1) for number in numbers)
    return x, y, width, height
