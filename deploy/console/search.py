"""Search: units by name, alias or id, and requests by their number."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from deploy.console.people import Person
from deploy.console.rows import ComplaintRow
from deploy.console.site import Context, Site, View

UNIT_ROWS: Final = 50
REQUEST_ROWS: Final = 20
LONGEST: Final = 100


async def gather(site: Site, request: Request, person: Person) -> Context:
    """Return what the words of the link find within a scope."""
    words = request.query_params.get("q", "").strip()[:LONGEST]
    if not words:
        return {"words": "", "units": [], "requests": []}
    requests = await site.database.rows(
        "find_requests", ComplaintRow, person.scope, request=words, rows=REQUEST_ROWS
    )
    return {
        "words": words,
        "units": site.board.units.search(words, person.scope, UNIT_ROWS),
        "requests": requests,
    }


VIEW: Final = View("/search", "search.html", gather)
