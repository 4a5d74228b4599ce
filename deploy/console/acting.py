"""What people do about a surge: checked, noted in the audit table, and shown to all who watch at once."""

from __future__ import annotations

import datetime as dt
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from deploy.console.forms import is_ours, read_form
from deploy.console.handling import BY_HAND
from deploy.console.metrics import ACTIONS
from deploy.console.signin import Caller
from deploy.console.site import Site, surge_path
from deploy.console.surge_pages import find, next_level
from sinks.ladder.rungs import ActionKind

LONGEST_REASON: Final = 500
LONGEST_SILENCE_HOURS: Final = 168


async def act(site: Site, request: Request, caller: Caller) -> Response:
    """Note an action on a surge and return to its page.

    Raises:
        HTTPException: 403 for a viewer or a foreign form, 404 for a surge out of sight, 400 for a form that
            lacks something.
    """
    person, form = caller.person, await read_form(request)
    if not person.can_act or not is_ours(request, form):
        raise HTTPException(403)
    surge = await find(site, request.path_params["surge"], person)
    action, reason = _action(form), _reason(form)
    until = _until(form, site.wall()) if action is ActionKind.SILENCE else None
    level = next_level(surge, site.wall()) if action is ActionKind.RAISE else None
    if action is ActionKind.RAISE and level is None:
        raise HTTPException(400, "level")
    await site.database.note(surge.surge_id, action, person, reason, until=until, level=level)
    ACTIONS.labels(action.value).inc()
    await site.watcher.look_again()
    return RedirectResponse(surge_path(surge.surge_id), 303)


def _action(form: dict[str, str]) -> ActionKind:
    asked = form.get("action", "")
    if asked not in BY_HAND:
        raise HTTPException(400, "action")
    return ActionKind(asked)


def _reason(form: dict[str, str]) -> str:
    reason = " ".join(form.get("reason", "").split())
    if not reason or len(reason) > LONGEST_REASON:
        raise HTTPException(400, "reason")
    return reason


def _until(form: dict[str, str], wall: dt.datetime) -> dt.datetime:
    try:
        hours = float(form.get("hours", ""))
    except ValueError as error:
        raise HTTPException(400, "hours") from error
    if not 0 < hours <= LONGEST_SILENCE_HOURS:
        raise HTTPException(400, "hours")
    return wall + dt.timedelta(hours=hours)
