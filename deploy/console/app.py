"""The console as an application: routes, who may take them, and what becomes of errors.

Every route but four (the login, static files, whether it is well) is private: it is made by `_private`, which
asks who it is before anything else happens.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from deploy.console import acting, login, overview, review, search, surge_pages, unit_pages
from deploy.console.accounts import AccountError, Accounts
from deploy.console.climb import Ladder
from deploy.console.database import Database
from deploy.console.security import SecurityHeaders
from deploy.console.settings import ConsoleSettings
from deploy.console.signin import Caller
from deploy.console.site import Site, View, login_redirect
from deploy.console.stream import stream
from sinks.clickhouse import DatabaseError
from sinks.settings import SinksSettings

log = logging.getLogger(__name__)

# Ids may hold slashes: what has a word after an id stands before what has none.
VIEWS: Final = (
    overview.VIEW,
    surge_pages.LIST,
    surge_pages.ONE,
    unit_pages.REQUESTS,
    unit_pages.VIEW,
    review.VIEW,
    search.VIEW,
)
SESSION_COOKIE: Final = "pulse_session"
API: Final = "/api"
LOOPBACK_HOSTS: Final = ["127.0.0.1", "localhost", "[::1]"]
FOREVER: Final = "public, max-age=31536000, immutable"

UNAVAILABLE: Final = 503

Endpoint = Callable[[Request], Awaitable[Response]]
Private = Callable[[Site, Request, Caller], Awaitable[Response]]
Public = Callable[[Site, Request], Awaitable[Response]]


def build_site(console: ConsoleSettings, sinks: SinksSettings) -> Site:
    """Return the console's parts."""
    accounts = Accounts(Path(console.accounts_file))
    zone = ZoneInfo(sinks.zone)
    return Site(console, zone, Database(sinks, console), accounts, Ladder(sinks.ladder, zone))


def build_app(site: Site) -> Starlette:
    """Return the application."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        await site.watcher.start()
        yield
        await site.watcher.stop()
        site.database.close()

    app = Starlette(routes=[*_routes(site)], middleware=_middleware(site.settings), lifespan=lifespan)
    for error in (HTTPException, DatabaseError, AccountError):
        app.add_exception_handler(error, _explain(site))
    return app


def _routes(site: Site) -> list[Route | Mount]:
    pages = [Route(view.path, _private(site, _page(view))) for view in VIEWS]
    data = [Route(API + view.path, _private(site, _data(view))) for view in VIEWS]
    return [
        Mount("/static", _Static(packages=[("deploy.console", "static")])),
        Route("/healthz", _public(site, _healthz)),
        Route("/login", _public(site, login.show_login)),
        Route("/login", _public(site, login.log_in), methods=["POST"]),
        Route("/logout", _public(site, login.log_out), methods=["POST"]),
        Route("/surges/{surge:path}/actions", _private(site, acting.act), methods=["POST"]),
        Route(f"{review.VIEW.path}/decisions", _private(site, review.decide), methods=["POST"]),
        Route(f"{API}/stream", _private(site, stream)),
        *data,
        *pages,
    ]


def _middleware(settings: ConsoleSettings) -> list[Middleware]:
    session = Middleware(
        SessionMiddleware,
        secret_key=settings.session_key.get_secret_value() or secrets.token_urlsafe(32),
        session_cookie=SESSION_COOKIE,
        max_age=round(settings.session_hours * 3600),
        same_site="lax",
        https_only=settings.is_secure,
    )
    headers = Middleware(SecurityHeaders, is_secure=settings.is_secure)
    if not settings.open_role:
        return [headers, session]
    # A page of another site must not get in by a name of its own that leads to loopback.
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_HOSTS, www_redirect=False)
    return [headers, hosts, session]


def _public(site: Site, work: Public) -> Endpoint:
    async def answer(request: Request) -> Response:
        return await work(site, request)

    return answer


def _private(site: Site, work: Private) -> Endpoint:
    async def answer(request: Request) -> Response:
        caller = site.sign_in.caller(request)
        if caller is None:
            is_page = request.method == "GET" and not request.url.path.startswith(f"{API}/")
            return login_redirect(request) if is_page else JSONResponse({"error": "log in"}, 401)
        return await work(site, request, caller)

    return answer


def _page(view: View) -> Private:
    async def work(site: Site, request: Request, caller: Caller) -> Response:
        return await site.answer(view, request, caller)

    return work


def _data(view: View) -> Private:
    async def work(site: Site, request: Request, caller: Caller) -> Response:
        return await site.answer_json(view, request, caller)

    return work


async def _healthz(site: Site, request: Request) -> Response:
    """Say whether the console sees ClickHouse."""
    del request
    well, _ = site.health()  # what is the matter is for the metrics port: this one has no login
    return PlainTextResponse("ok" if well else "stale", 200 if well else UNAVAILABLE)


def _explain(site: Site) -> Callable[[Request, Exception], Response]:
    """Return what answers an error: a page for a person, a line of JSON for a program."""

    def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else UNAVAILABLE
        if not isinstance(error, HTTPException):
            log.warning("%s %s: %s", request.method, request.url.path, error)
        if request.url.path.startswith(f"{API}/"):
            return JSONResponse({"error": status}, status)
        caller = site.sign_in.caller(request) if not isinstance(error, AccountError) else None
        why = error.detail if isinstance(error, HTTPException) else ""
        return site.page(request, "error.html", {"status": status, "why": why}, caller, status)

    return answer


class _Static(StaticFiles):
    """Our own style sheet and scripts: their addresses change with what they hold, so they may be kept."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = FOREVER
        return response
