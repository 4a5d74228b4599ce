"""Logging in and out."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from deploy.console.forms import is_ours, read_form
from deploy.console.signin import TooManyTries
from deploy.console.site import Site


async def show_login(site: Site, request: Request) -> Response:
    """Show the form."""
    return site.page(request, "login.html", {"failure": ""}, None)


async def log_in(site: Site, request: Request) -> Response:
    """Check the form and go on to what was asked for."""
    form = await read_form(request)
    if not is_ours(request, form):
        return site.page(request, "login.html", {"failure": "expired"}, None, 400)
    try:
        succeeded = await site.sign_in.log_in(request, form.get("name", ""), form.get("password", ""))
    except TooManyTries:
        return site.page(request, "login.html", {"failure": "too_many"}, None, 429)
    if not succeeded:
        return site.page(request, "login.html", {"failure": "wrong"}, None, 401)
    return RedirectResponse(_own_path(request.query_params.get("next", "")), 303)


async def log_out(site: Site, request: Request) -> Response:
    """End the session."""
    form = await read_form(request)
    if not is_ours(request, form):
        raise HTTPException(403)
    del site
    request.session.clear()
    return RedirectResponse("/login", 303)


def _own_path(wanted: str) -> str:
    """Return where to go after the login: a path of ours, and nowhere else."""
    is_ours = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if is_ours else "/"
