"""The days that a report is about, and those of the year before. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

DAYS_OF_YEAR: Final = 365.2425
FORMS: Final = "2021, 2021-Q2, 2021-06, or 2021-01-01..2021-06-30"


class UnreadablePeriod(ValueError):
    """A text names no period; the message says how one is written."""


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from `first` to `last`, both part of it."""

    first: dt.date
    last: dt.date

    @property
    def years(self) -> float:
        """How long it is, in years."""
        return ((self.last - self.first).days + 1) / DAYS_OF_YEAR

    def __str__(self) -> str:
        """Say it as it can be read again."""
        return f"{self.first}..{self.last}"

    def until(self, day: dt.date) -> Period:
        """Return the part of it up to a day, at least its first day."""
        return Period(self.first, max(self.first, min(self.last, day)))

    def year_before(self) -> Period:
        """Return the same days a year earlier; 29 February becomes the 28th."""
        last = self.last + dt.timedelta(days=1)
        return Period(_year_before(self.first), _year_before(last) - dt.timedelta(days=1))


def parse_period(text: str) -> Period:
    """Return the period that a text names.

    Raises:
        UnreadablePeriod: it is none of FORMS, ends before it begins, or is longer than a year.
    """
    try:
        period = _parse(text.strip())
    except ValueError as error:
        raise UnreadablePeriod(f"{text!r} is no period ({error}); write {FORMS}") from error
    if period.last < period.first:
        raise UnreadablePeriod(f"{text!r} ends before it begins")
    if period.year_before().last >= period.first:
        raise UnreadablePeriod(f"{text!r} is longer than a year, so that it cannot be compared year on year")
    return period


def _parse(text: str) -> Period:
    if ".." in text:
        first, _, last = text.partition("..")
        return Period(dt.date.fromisoformat(first.strip()), dt.date.fromisoformat(last.strip()))
    if match := re.fullmatch(r"(\d{4})-[Qq]([1-4])", text):
        return _months(int(match[1]), 3 * int(match[2]) - 2, 3)
    if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
        return _months(int(match[1]), int(match[2]), 1)
    if re.fullmatch(r"\d{4}", text):
        return _months(int(text), 1, 12)
    raise ValueError("not one of its forms")


def _months(year: int, month: int, number: int) -> Period:
    after = year * 12 + month - 1 + number
    end = dt.date(after // 12, after % 12 + 1, 1)
    return Period(dt.date(year, month, 1), end - dt.timedelta(days=1))


def _year_before(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
