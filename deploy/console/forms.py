"""Forms that pages send: read within bounds, and taken only from pages of our own."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from deploy.console.security import CSRF_FIELD, is_own_request

LARGEST_BYTES: Final = 16_384
MOST_FIELDS: Final = 20


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form.

    Raises:
        HTTPException: 413 for a body that no form of ours has, 400 for one that is none.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise HTTPException(413)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400, "form") from error


def is_ours(request: Request, form: dict[str, str]) -> bool:
    """Return whether a form was sent from a page of this session."""
    return is_own_request(request, form.get(CSRF_FIELD, ""))
