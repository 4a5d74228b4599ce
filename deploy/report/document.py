"""The report as sections of notes, tables and charts, which every format writes alike. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from deploy.report.drawing import Drawing, draw_bars, draw_months, draw_scores
from deploy.report.words import Words
from sinks.credit import Rating
from sinks.report.contents import Month, Report, Tally

Value = str | int | float | None


class Kind(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    """0 to 1, shown in percent."""
    NUMBER = "number"
    """With one decimal."""


FORMATS: Final = {Kind.COUNT: ",d", Kind.SHARE: ".1%", Kind.NUMBER: ",.1f"}


@dataclass(frozen=True, slots=True)
class Section:
    """One table with what is said about it."""

    key: str
    title: str
    notes: Sequence[str]
    columns: Sequence[tuple[str, Kind]]
    rows: Sequence[Sequence[Value]]
    drawing: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report in one language."""

    language: str
    title: str
    notes: Sequence[str]
    sections: Sequence[Section]


def written(value: Value, kind: Kind) -> str:
    """Return a value as people read it; empty where it is not known."""
    if value is None or isinstance(value, str):
        return value or ""
    if kind is Kind.TEXT:
        return f"{value:,g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return format(value, FORMATS[kind])


def compose(report: Report, words: Words, zone: str) -> Document:
    """Return the report in one language; `zone` is that of the clock it shows."""
    clock = report.clock.astimezone(ZoneInfo(zone))
    notes = [
        words("report.period", period=report.period, before=report.before),
        words("report.clock", clock=f"{clock:%Y-%m-%d %H:%M}", registry=report.registry_version[:12]),
        *([words("report.past")] if report.is_past else []),
        words("report.how"),
    ]
    writer = _Writer(report, words)
    return Document(
        words.language.value, words("report.title", district=report.district), notes, list(writer.sections())
    )


class _Writer:
    """Makes the sections of one report."""

    def __init__(self, report: Report, words: Words) -> None:
        self._report = report
        self._words = words

    def sections(self) -> Iterator[Section]:
        yield self._section("figures", [], "figure value:text", list(self._figures()))
        yield self._months()
        yield self._rates()
        yield self._types()
        yield self._ladder()
        yield self._companies()
        yield self._committees()
        rows = [
            (company, self._words.term("reason", reason), number)
            for company, reason, number in self._report.negative
        ]
        yield self._section("negative", ["negative"], "company reason requests:count", rows)

    def _section(
        self,
        key: str,
        notes: Sequence[str],
        columns: str,
        rows: Sequence[Sequence[Value]],
        drawing: Drawing | None = None,
    ) -> Section:
        """Return a section; columns are `name` or `name:kind`, apart by blanks."""
        parts = [each.partition(":") for each in columns.split()]
        return Section(
            key=key,
            title=self._words(f"section.{key}"),
            notes=[self._words(f"note.{each}") for each in notes],
            columns=[(self._words(f"column.{name}"), Kind(kind or "text")) for name, _, kind in parts],
            rows=rows,
            drawing=drawing,
        )

    def _figures(self) -> Iterator[tuple[str, Value]]:
        """Yield what each figure is, and its value, in the order of the texts; single estates last."""
        known = self._words.keys("figure")
        values = {each.key: each.value for each in self._report.figures} | dict(_counted(self._report))
        for key in known:
            if key in values:
                yield self._words.term("figure", key), values[key]
        for each in self._report.figures:
            if each.key not in known:
                estate, _, _ = each.definition.partition(":")
                text = self._words.term("estate_figure", each.key)
                yield (each.definition if text == each.key else text.format(estate=estate)), each.value

    def _months(self) -> Section:
        months = _by_month(self._report.months)
        rows = [
            (
                name,
                now.events,
                then.events,
                _growth(now.events, then.events),
                now.petitions,
                now.petitions_housing,
            )
            for name, now, then in months
        ]
        columns = "month complaints:count complaints_before:count growth:share petitions:count"
        drawing = draw_months([(name, now.events, then.events) for name, now, then in months])
        return self._section("months", ["months"], f"{columns} petitions_housing:count", rows, drawing)

    def _rates(self) -> Section:
        report = self._report
        now, then = report.total(), report.total(is_this=False)
        words = self._words
        rows: list[tuple[Value, ...]] = [
            (words("column.response"), now.response_rate, then.response_rate),
            (words("column.solution"), now.solution_rate, then.solution_rate),
            (words("column.satisfaction"), now.satisfaction_rate, then.satisfaction_rate),
        ]
        thousand = report.households / 1000
        if thousand:
            per = (words("column.per_1000"), now.requests / thousand, then.requests / thousand)
            rows.append((per[0], *(f"{each:,.1f}" for each in per[1:])))
        return self._section("rates", ["rates"], "what this:share before:share", rows)

    def _types(self) -> Section:
        now, then = self._report.total(), self._report.total(is_this=False)
        rows = [
            (
                self._words.term("level", key[0]),
                self._words.term("category", key[1]) if len(key) > 1 else "",
                *_type_row(this, before, now, then),
            )
            for split in (self._report.by_level(), self._report.by_type())
            for key, (this, before) in split.items()
        ]
        bars = [(str(row[1]), float(row[2] or 0)) for row in rows if row[1]]
        columns = "level type complaints:count share:share share_before:share growth:share solution:share"
        return self._section("types", ["types"], columns, rows, draw_bars(bars))

    def _ladder(self) -> Section:
        rows = [
            (self._words.term("level", level), solved, there, there / solved)
            for level, solved, there in self._report.ladder
        ]
        notes = ["ladder"] if rows else ["ladder", "no_ladder"]
        return self._section("ladder", notes, "level solved:count solved_there:count share:share", rows)

    def _companies(self) -> Section:
        companies = self._report.companies()
        rows = [
            (
                each.name,
                *self._place(each.rating),
                *(each.estates, each.households, each.complaints, each.matters.requests, each.matters.points),
                *((each.rating.raw, each.rating.shrunk) if each.rating else (None, None)),
                *(each.matters.response_rate, each.matters.solution_rate, each.matters.satisfaction_rate),
            )
            for each in companies
        ]
        columns = (
            "company list tier:count ranks score:number low:number high:number estates:count "
            "households:count complaints:count matters:count points:count raw:number shrunk:number "
            "response:share solution:share satisfaction:share"
        )
        ratings = [each.rating for each in companies if each.rating]
        notes = ["companies"] if ratings else ["companies", "few"]
        return self._section("companies", notes, columns, rows, draw_scores(ratings))

    def _committees(self) -> Section:
        committees = self._report.committees()
        rows = [
            (rating.name, *self._place(rating), rating.raw, tally.satisfied + tally.dissatisfied)
            for rating, tally in committees
        ]
        columns = (
            "estate list tier:count ranks score:number low:number high:number satisfaction:share rated:count"
        )
        notes = ["committees"] if rows else ["committees", "few"]
        return self._section("committees", notes, columns, rows)

    def _place(self, rating: Rating | None) -> tuple[Value, ...]:
        """Return list, tier, ranks, score and ends."""
        if rating is None:
            return (None,) * 6
        listed = self._words.term("standing", rating.standing.value) if rating.standing else ""
        ranks = f"{rating.best_rank}–{rating.worst_rank}"
        return (listed, rating.tier, ranks, rating.score, rating.low, rating.high)


def _counted(report: Report) -> Iterator[tuple[str, float]]:
    """Yield key and value of the figures that rest on facts, rounded as the district does."""
    events = report.events("this")
    yield "events", events
    if report.homes:
        yield "events_per_estate", round(events / len(report.homes))
    if report.growth_percent is not None:
        yield "growth_percent", round(report.growth_percent, 2)
    petitions, housing = report.petitions()
    yield "petitions", petitions
    yield "petitions_housing", housing
    if petitions:
        yield "petitions_housing_percent", math.floor(1000 * housing / petitions) / 10
    yield "petitions_this", report.petitions("this")[0]


def _by_month(months: Sequence[Month]) -> list[tuple[str, Month, Month]]:
    """Return each month of the period with the same month of the year before; zero where nothing happened."""
    this = {each.month: each for each in months if each.span == "this"}
    before = {each.month.replace(year=each.month.year + 1): each for each in months if each.span == "before"}
    return [
        (
            f"{month:%Y-%m}",
            this.get(month) or Month("this", month, 0, 0, 0),
            before.get(month) or Month("before", month, 0, 0, 0),
        )
        for month in sorted({*this, *before})
    ]


def _type_row(this: Tally, before: Tally, now: Tally, then: Tally) -> tuple[Value, ...]:
    return (
        this.requests,
        this.requests / now.requests if now.requests else None,
        before.requests / then.requests if then.requests else None,
        _growth(this.requests, before.requests),
        this.solution_rate,
    )


def _growth(now: int, then: int) -> float | None:
    return now / then - 1 if then else None
