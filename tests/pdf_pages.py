"""What a PDF holds, read by another library than the one that writes it."""

from __future__ import annotations

import io

from pypdf import PdfReader
from pypdf.generic import ContentStream


def read_pdf(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content), strict=True)


def page_texts(content: bytes) -> list[str]:
    """Return the text of each page, in the order in which it was drawn, without blanks and line ends."""
    return [packed(page.extract_text()) for page in read_pdf(content).pages]


def packed(text: str) -> str:
    return "".join(text.split())


def rectangles(content: bytes) -> list[tuple[float, float]]:
    """Return width and height of every rectangle of every page, in the units in which it was drawn."""
    reader = read_pdf(content)
    return [
        (float(operands[2]), float(operands[3]))
        for page in reader.pages
        for operands, operator in ContentStream(page.get_contents(), reader).operations
        if operator == b"re"
    ]
