"""What a person should look at: complaints whose estate is not sure, and estates that the registry lacks."""

from __future__ import annotations

import datetime as dt
from typing import Final

from starlette.requests import Request

from deploy.console.people import Person
from deploy.console.rows import ComplaintRow, NameRow
from deploy.console.site import Context, Site, View

ROWS: Final = 100
TAG_DAYS: Final = dt.timedelta(days=30)
NAME_DAYS: Final = dt.timedelta(days=90)


async def gather(site: Site, request: Request, person: Person) -> Context:
    """Return what is to be reviewed within a scope."""
    del request
    now = site.board.now
    tags = await site.database.rows(
        "review_tags", ComplaintRow, person.scope, start=now - TAG_DAYS, rows=ROWS
    )
    names = await site.database.rows("review_names", NameRow, person.scope, start=now - NAME_DAYS, rows=ROWS)
    return {"tags": tags, "names": names, "rows": ROWS}


VIEW: Final = View("/review", "review.html", gather, "review")
