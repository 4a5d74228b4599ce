"""The report in its formats and languages, made by hand; tests/sinks reads a real one."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from deploy.commands.report import command
from deploy.console.texts import Language, all_texts
from deploy.report.document import Document, compose, written
from deploy.report.formats import as_csv, as_html, as_xlsx
from deploy.report.pdf import as_pdf
from deploy.report.words import PACKAGE, Words
from sinks.credit import Standing
from sinks.report.contents import Figure, Home, Month, Outcome, Report, Tally
from sinks.report.period import parse_period
from tests.pdf_pages import packed, page_texts, read_pdf, rectangles

NAMES = ["=甲物业", "乙<b>物业", "丙物业", "丁物业"]
REPORT = Report(
    district="坪山区",
    period=parse_period("2021"),
    before=parse_period("2020"),
    clock=dt.datetime(2021, 12, 31, 15, 0, tzinfo=dt.UTC),
    registry_version="0123456789abcdef",
    is_past=False,
    figures=[
        Figure(2, "estates_delivered", 4, "Estates"),
        Figure(22, "quiet_estate_years", 4, "金地: years"),
    ],
    homes=[Home(f"e{number}", f"小区{number}", name, 1000, True) for number, name in enumerate(NAMES)],
    outcomes=[
        Outcome(is_this, f"e{number}", problem, level, problem == "noise", tally)
        for number, size in enumerate((5, 60, 70, 400))
        for is_this in (True, False)
        for problem, level, tally in (
            ("noise", "estate", Tally(size, size, 0, size - 2, 2, size // 2, 1, size + 3, size + 7)),
            ("facilities", "district", Tally(3, 2, 1, 1, 1)),
        )
    ],
    months=[
        Month("before", dt.date(2020, 3, 1), 10, 1, 0),
        Month("", dt.date(2019, 3, 1), 0, 4, 2),
        Month("this", dt.date(2021, 3, 1), 15, 2, 1),
    ],
    ladder=[("estate", 4, 3)],
    negative=[("丁物业", "mass_petition", 2)],
)


class Cells(HTMLParser):
    """The cells of a page, as texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


@pytest.fixture(params=list(Language))
def document(request: pytest.FixtureRequest) -> Document:
    return compose(REPORT, Words(request.param), "Asia/Shanghai")


def test_every_text_is_there_in_both_languages() -> None:
    assert all(each.keys() == {"zh", "en"} and all(each.values()) for each in all_texts(PACKAGE).values())


def test_the_sums_are_those_of_the_parts() -> None:
    assert REPORT.events("this") == 15
    assert REPORT.growth_percent == pytest.approx(50)
    assert REPORT.petitions() == (7, 3)
    assert REPORT.total().requests == 547 == sum(each.complaints for each in REPORT.companies())
    assert REPORT.total().solution_rate == pytest.approx(531 / 543)
    assert [this.requests for this, _ in REPORT.by_level().values()] == [535, 12]
    by_name = {each.name: each.rating for each in REPORT.companies()}
    worst, best = by_name["丁物业"], by_name["=甲物业"]
    assert worst and best
    assert (best.standing, worst.standing) == (Standing.RED, Standing.BLACK)
    assert len(REPORT.committees()) == 4


def test_a_page_holds_every_value_escaped_and_asks_for_nothing(document: Document) -> None:
    page = as_html(document).decode()
    cells = Cells(page)
    assert document.title in cells.texts
    assert "乙<b>物业" in cells.texts
    assert not {"b", "script", "link", "img"} & {*cells.tags}
    assert "http" not in page
    assert cells.tags.count("svg") == 3
    assert "97.8%" in cells.texts
    assert any(text.startswith("金地") for text in cells.texts)


def test_comma_separated_values_are_numbers_again_and_no_formulas(document: Document) -> None:
    content = as_csv(document)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    [types] = [section for section in document.sections if section.key == "types"]
    start = rows.index([types.title])
    assert rows[start + 1] == [name for name, _ in types.columns]
    assert [int(row[2]) for row in rows[start + 2 : start + 2 + len(types.rows)]] == [535, 12, 535, 12]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "+"))]


def test_a_workbook_has_a_sheet_for_each_section_with_numbers(document: Document) -> None:
    book = load_workbook(io.BytesIO(as_xlsx(document)))
    assert len(book.sheetnames) == len(document.sections)
    companies = list(book.worksheets[5].values)
    row = next(each for each in companies if each[0] == "丁物业")
    assert row[7:12] == (1, 1000, 403, 400, 403)
    assert next(each for each in companies if "甲" in str(each[0]))[0] == "'=甲物业"


def test_a_pdf_holds_title_notes_and_rows_in_the_order_of_the_page(document: Document) -> None:
    text = "".join(page_texts(as_pdf(document)))
    at = 0
    for each in [document.title, *document.notes]:
        at = text.index(packed(each), at)
    for section in document.sections:
        names = "".join(name for name, _ in section.columns)
        kinds = [kind for _, kind in section.columns]
        rows = ["".join(map(written, row, kinds)) for row in section.rows]
        for each in [section.title, *section.notes, *([names] if rows else []), *rows]:
            at = text.index(packed(each), at)
    assert "乙<b>物业" in text


def test_a_pdf_breaks_no_word_and_no_number() -> None:
    document = compose(REPORT, Words(Language.ENGLISH), "Asia/Shanghai")
    words = {word for page in read_pdf(as_pdf(document)).pages for word in page.extract_text().split()}
    [companies] = [section for section in document.sections if section.key == "companies"]
    kinds = [kind for _, kind in companies.columns]
    cells = {written(value, kind) for row in companies.rows for value, kind in zip(row, kinds, strict=True)}
    names = {word for name, _ in companies.columns for word in name.split()}
    assert {each for each in cells if each.isascii()} | names <= words | {""}


def test_a_pdf_has_numbered_pages_an_outline_and_the_same_bytes_for_the_same_report(
    document: Document,
) -> None:
    content = as_pdf(document)
    assert as_pdf(document) == content
    pages = page_texts(content)
    assert len(pages) > 1
    foot = packed(document.title + "·" + "·".join(document.notes[:2]))
    assert [f"{foot}{number}/{len(pages)}" in text for number, text in enumerate(pages, 1)] == [True] * len(
        pages
    )
    reader = read_pdf(content)
    assert [getattr(each, "title", "") for each in reader.outline] == [
        each.title for each in document.sections
    ]
    assert reader.metadata is not None
    assert reader.metadata.title == document.title


def test_a_pdf_breaks_long_charts_and_tables_over_pages_and_loses_nothing() -> None:
    """A large city's companies, one with a name that no page holds and a character beyond the first plane."""
    names = [f"第{number:03d}号物业" for number in range(130)] + ["长" * 2500 + "𠮷"]
    homes = [Home(f"e{number}", f"小区{number}", name, 1000, True) for number, name in enumerate(names)]
    sizes = [5 + number % 40 for number in range(len(names))]
    outcomes = [
        Outcome(
            True, f"e{number}", "noise", "estate", True, Tally(size, size, 0, size, 0, size, 0, size, size)
        )
        for number, size in enumerate(sizes)
    ]
    city = dataclasses.replace(REPORT, homes=homes, outcomes=outcomes)
    document = compose(city, Words(Language.CHINESE), "Asia/Shanghai")
    [companies] = [section for section in document.sections if section.key == "companies"]
    content = as_pdf(document)
    pages = page_texts(content)
    text = "".join(pages)
    assert [name for name in names[:-1] if text.count(name) != 2] == []
    assert text.count("长") >= 2 * 2500
    assert text.count("𠮷") == 2
    with_rows = [page for page in pages if re.search("号物业[红黑]?榜?[0-9]+[0-9]+–", page)]
    assert len(with_rows) > 2
    head = packed("".join(name for name, _ in companies.columns))
    assert [page for page in with_rows if head not in page] == []
    drawn = rectangles(content)
    assert companies.drawing is not None
    boxes = [(box.width, box.height) for box in companies.drawing.boxes]
    assert len(boxes) == 2 * len(names)
    assert not Counter(boxes) - Counter(drawn)


def test_a_report_of_nothing_is_one_too(document: Document) -> None:
    empty = dataclasses.replace(REPORT, outcomes=[], months=[], homes=[], ladder=[], negative=[], figures=[])
    for language in Language:
        made = compose(empty, Words(language), "Asia/Shanghai")
        assert [each.key for each in made.sections] == [each.key for each in document.sections]
        assert as_html(made)
        assert as_csv(made)
        assert as_xlsx(made)
        assert packed(made.sections[-1].title) in page_texts(as_pdf(made))[-1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--period", "2021", "--format", "doc"], "pdf"),
        (["--period", "2021..2022"], "is no period"),
        ([], "--period"),
    ],
)
def test_bad_usage_says_what_to_do(options: list[str], message: str) -> None:
    result = CliRunner().invoke(command, options)
    assert result.exit_code == 2
    assert message in result.output
