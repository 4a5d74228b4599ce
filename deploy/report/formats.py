"""Writes a report as a page, as comma-separated values or as a workbook. Pure but for the template's file."""

from __future__ import annotations

import csv
import io
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from deploy.report.document import Document, Kind, Section, Value, written
from deploy.report.drawing import WIDTH

BYTE_ORDER_MARK: Final = "\ufeff"
"""By which Excel knows a CSV file for UTF-8."""
NUMBER_FORMATS: Final = {
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.NUMBER: "#,##0.0",
    Kind.TEXT: "General",
}
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")


def as_html(document: Document) -> bytes:
    """Return one page that needs nothing else: no script, no font, no picture from elsewhere."""
    environment = Environment(
        loader=PackageLoader("deploy.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals.update(written=written, width=WIDTH)
    return environment.get_template("report.html").render(document=document).encode()


def as_csv(document: Document) -> bytes:
    """Return the tables one below the other, each under its title; numbers as they are, shares 0 to 1."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([document.title])
    writer.writerows([note] for note in document.notes)
    for section in document.sections:
        writer.writerow([])
        writer.writerow([section.title])
        writer.writerow([name for name, _ in section.columns])
        writer.writerows([_harmless(value) for value in row] for row in section.rows)
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def as_xlsx(document: Document) -> bytes:
    """Return a workbook with one sheet for each section, numbers as numbers."""
    book = Workbook()
    first = book.active
    if isinstance(first, Worksheet):
        _write_sheet(first, document.title, [*document.notes], document.sections[0])
    for section in document.sections[1:]:
        _write_sheet(book.create_sheet(), "", [], section)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_sheet(sheet: Worksheet, title: str, notes: list[str], section: Section) -> None:
    sheet.title = section.title[:31].translate(str.maketrans(":/\\?*[]", "       "))
    for text in (*filter(None, [title]), *notes, section.title, *section.notes):
        sheet.append([text])
    sheet.append([name for name, _ in section.columns])
    head = sheet.max_row
    for line in (1, head):
        for index in range(1, sheet.max_column + 1):
            sheet.cell(line, index).font = Font(bold=True)
    for row in section.rows:
        sheet.append([_harmless(value) for value in row])
    for index, (name, kind) in enumerate(section.columns, 1):
        for line in range(head + 1, sheet.max_row + 1):
            sheet.cell(line, index).number_format = NUMBER_FORMATS[kind]
        longest = max([len(name), *(len(written(row[index - 1], kind)) for row in section.rows)])
        sheet.column_dimensions[get_column_letter(index)].width = min(60, 2 * longest + 2)
    sheet.freeze_panes = f"A{head + 1}"


def _harmless(value: Value) -> Value:
    """Return the value such that no spreadsheet takes a name from the registry for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
