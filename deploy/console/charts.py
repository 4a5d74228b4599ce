"""Charts as geometry: from counts to what an SVG draws. Pure; the templates write it down.

Charts are drawn here and not by a library in the browser: those that a package index has as a wheel bring
pandas or a web framework along (docs/adr), while a drawn SVG follows dark and light by the style sheet, runs
under the strictest policy, prints, and has a table of the same figures under it for whoever does not see it.

The plane is WIDTH x HEIGHT and is stretched to the room there is; so there are no circles and no text in it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deploy.console.expectation import FEWEST

WIDTH: Final = 1000.0
HEIGHT: Final = 200.0
GAP: Final = 0.15
"""Share of a bucket's width that stays free between two bars."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bar: when, how many, and what was expected (None: not known)."""

    start: dt.datetime
    end: dt.datetime
    tick: str
    """What stands under the axis."""
    label: str
    """When, in full."""
    count: int
    low: float | None = None
    expected: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A surge along the axis."""

    start: dt.datetime
    end: dt.datetime
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle with what it says."""

    x: float
    y: float
    width: float
    height: float
    label: str
    is_high: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn."""

    bars: list[Bar]
    spans: list[Bar]
    band: str
    """Path of the expected band; empty: none."""
    line: str
    """Path of what is expected; empty: none."""
    rungs: list[tuple[float, str]]
    """Horizontal lines: where, and the figure that it stands for, from the top down."""
    ticks: list[str]
    """Labels under the axis, evenly spread."""
    rows: list[Bucket]
    """The same figures, for a table."""

    @property
    def has_band(self) -> bool:
        """Whether there is an expectation to compare with."""
        return bool(self.band)


def draw(buckets: Sequence[Bucket], spans: Sequence[Span] = (), ticks: int = 7) -> Chart:
    """Return the chart of buckets that follow each other, and of the surges among them."""
    top = _round_up(max([1.0, *(max(each.count, each.high or 0) for each in buckets)]))
    step = WIDTH / max(1, len(buckets))
    return Chart(
        bars=[_bar(index, bucket, step, top) for index, bucket in enumerate(buckets)],
        spans=[bar for span in spans if (bar := _span(span, buckets)) is not None],
        band=_band(buckets, step, top),
        line=_line(buckets, step, top),
        rungs=[(_y(top * share, top), _figure(top * share)) for share in (1.0, 0.5, 0.0)],
        ticks=_ticks(buckets, ticks),
        rows=list(buckets),
    )


def _bar(index: int, bucket: Bucket, step: float, top: float) -> Bar:
    y = _y(bucket.count, top)
    is_high = bucket.high is not None and bucket.count > bucket.high and bucket.count >= FEWEST
    return Bar(
        _r(index * step + step * GAP / 2), y, _r(step * (1 - GAP)), _r(HEIGHT - y), bucket.label, is_high
    )


def _span(span: Span, buckets: Sequence[Bucket]) -> Bar | None:
    """Return a surge's rectangle, cut to the axis; None where it lies outside."""
    if not buckets or span.end <= buckets[0].start or span.start >= buckets[-1].end:
        return None
    first, last = _x(span.start, buckets), _x(span.end, buckets)
    return Bar(_r(first), 0.0, _r(max(last - first, 3.0)), HEIGHT, span.label)


def _x(moment: dt.datetime, buckets: Sequence[Bucket]) -> float:
    """Return where a moment lies: months differ in length, so it is placed within its own bucket."""
    step = WIDTH / len(buckets)
    for index, bucket in enumerate(buckets):
        if moment < bucket.end:
            share = (moment - bucket.start) / (bucket.end - bucket.start)
            return (index + min(1.0, max(0.0, share))) * step
    return WIDTH


def _band(buckets: Sequence[Bucket], step: float, top: float) -> str:
    known = [(index, each) for index, each in enumerate(buckets) if each.high is not None]
    if not known:
        return ""
    upper = " ".join(_level(index, each.high or 0.0, step, top) for index, each in known)
    lower = " ".join(
        f"{_r((index + 1) * step)},{_y(each.low or 0.0, top)} {_r(index * step)},{_y(each.low or 0.0, top)}"
        for index, each in reversed(known)
    )
    return f"M{upper} {lower}Z"


def _line(buckets: Sequence[Bucket], step: float, top: float) -> str:
    known = [(index, each.expected) for index, each in enumerate(buckets) if each.expected is not None]
    return "M" + " ".join(_level(index, value, step, top) for index, value in known) if known else ""


def _level(index: int, value: float, step: float, top: float) -> str:
    """Return the two ends of a bucket's piece of a stepped line."""
    return f"{_r(index * step)},{_y(value, top)} {_r((index + 1) * step)},{_y(value, top)}"


def _ticks(buckets: Sequence[Bucket], number: int) -> list[str]:
    if len(buckets) <= number:
        return [each.tick for each in buckets]
    return [buckets[round(index * (len(buckets) - 1) / (number - 1))].tick for index in range(number)]


def _y(value: float, top: float) -> float:
    return _r(HEIGHT * (1 - min(value, top) / top))


def _round_up(value: float) -> float:
    """Return the next of 2, 4, 6, 10, 20, 40, 60, 100, ...: half of it is a whole number too."""
    scale = 10.0 ** math.floor(math.log10(value))
    for factor in (1, 2, 4, 6, 10):
        if value <= factor * scale and factor * scale > 1:
            return float(factor * scale)
    return 10.0 * scale


def _figure(value: float) -> str:
    return f"{value:,.0f}"


def _r(value: float) -> float:
    return round(value, 1)
