"""What a person should look at: complaints whose estate is not sure, and estates that the registry lacks.

What is decided goes into a table and off the list. The console changes neither registry nor counts:
`pulse review` puts decisions into effect, with the rights of whoever runs it.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from deploy.console.decisions import NAMES_ESTATE, Decision, Kind, Verdict, may_decide, read_decision
from deploy.console.forms import is_ours, read_form
from deploy.console.metrics import DECISIONS
from deploy.console.people import EVERYTHING, Person, Role
from deploy.console.review_rows import DecisionRow, DoubtfulRow, NameRow
from deploy.console.signin import Caller
from deploy.console.site import Context, Site, View, not_found

ROWS: Final = 100
DECIDED_ROWS: Final = 30
OFFERED: Final = 300
"""Estates that a field offers; where a scope has more, one types the name."""
TAG_DAYS: Final = dt.timedelta(days=30)
NAME_DAYS: Final = dt.timedelta(days=90)


async def gather(site: Site, request: Request, person: Person) -> Context:
    """Return what is to be reviewed within a scope, and what was decided."""
    del request
    estates = sorted({row.name for row in site.board.units.estates(person.scope)})
    return {
        "tags": await _tags(site, person),
        "names": await _names(site, person),
        "decided": await _decided(site, person),
        "estates": estates if len(estates) <= OFFERED else [],
        "may": {kind.value: may_decide(person, kind) for kind in Kind},
        "rows": ROWS,
    }


async def decide(site: Site, request: Request, caller: Caller) -> Response:
    """Note a decision and return to the list.

    Raises:
        HTTPException: 403 for who may not decide that or a foreign form, 404 for what is not on the person's
            list, 400 for a form that lacks something or names no single estate.
    """
    person, form = caller.person, await read_form(request)
    try:
        decision = read_decision(form)
    except ValueError as error:
        raise HTTPException(400, str(error)) from error
    if not may_decide(person, Kind(decision.kind)) or not is_ours(request, form):
        raise HTTPException(403)
    decision = _with_estate(site, await _listed(site, decision, person), person)
    await site.database.decide(decision, person)
    DECISIONS.labels(decision.kind, decision.verdict).inc()
    return RedirectResponse(VIEW.path, 303)


async def _listed(site: Site, decision: Decision, person: Person) -> Decision:
    """Return a decision with what the tagger had said; fail where the person has it not on a list."""
    if decision.verdict == Verdict.OPEN:
        for row in await _decided(site, person):
            if row.about == decision.about and row.can_be_taken_back:
                return _as_tagged(decision, row.tagged_estate_id, row.tag_rule, row.tag_confidence)
    elif decision.kind == Kind.NAME:
        if any(row.name == decision.name for row in await _names(site, person)):
            return decision
    else:
        for tag in await _tags(site, person):
            if ("", *tag.identity) == decision.about:
                return _as_tagged(decision, tag.estate_id, tag.tag_rule, tag.tag_confidence)
    raise not_found()


def _as_tagged(decision: Decision, estate_id: str, rule: str, confidence: float) -> Decision:
    return decision._replace(tagged_estate_id=estate_id, tag_rule=rule, tag_confidence=confidence)


def _with_estate(site: Site, decision: Decision, person: Person) -> Decision:
    """Return a decision with the id of its estate: the tagger's, or that of the name which was typed."""
    if decision.verdict == Verdict.RIGHT:
        return decision._replace(estate_id=decision.tagged_estate_id)
    if decision.verdict not in NAMES_ESTATE:
        return decision
    found = site.board.units.called(decision.estate_id, person.scope)
    if len(found) != 1:
        raise HTTPException(400, "estate")
    return decision._replace(estate_id=found[0].id)


async def _tags(site: Site, person: Person) -> list[DoubtfulRow]:
    start = site.board.now - TAG_DAYS
    return await site.database.rows("review_tags", DoubtfulRow, person.scope, start=start, rows=ROWS)


async def _names(site: Site, person: Person) -> list[NameRow]:
    start = site.board.now - NAME_DAYS
    return await site.database.rows("review_names", NameRow, person.scope, start=start, rows=ROWS)


async def _decided(site: Site, person: Person) -> list[DecisionRow]:
    """Return what a person may take back: of its own, and of all for administrators of the whole city."""
    sees_all = person.role is Role.ADMINISTRATOR and person.scope == EVERYTHING
    actor = "" if sees_all else person.name
    return await site.database.rows("review_decided", DecisionRow, actor=actor, rows=DECIDED_ROWS)


VIEW: Final = View("/review", "review.html", gather, "review")
