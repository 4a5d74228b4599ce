"""What all pages share: who asks, in which language, and how a page becomes an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from deploy.console.accounts import Accounts
from deploy.console.climb import Ladder
from deploy.console.database import Database
from deploy.console.handling import handling, is_waiting
from deploy.console.live import Board, Watcher
from deploy.console.people import Person
from deploy.console.plane import Maps
from deploy.console.security import csrf_token
from deploy.console.settings import ConsoleSettings
from deploy.console.signin import Caller, SignIn
from deploy.console.texts import Language, Texts, language_of
from sinks.alerts.severity import severity
from streams.watchdog import Health

Context = dict[str, Any]
TIME: Final = "%Y-%m-%d %H:%M"
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class View:
    """One kind of page, which answers as HTML at its path and as JSON under /api."""

    path: str
    template: str
    gather: Callable[[Site, Request, Person], Awaitable[Context]]
    """Reads what the page shows."""
    section: str = ""
    """Which entry of the menu it belongs to."""


class Site:
    """The parts of the console, handed to every page."""

    def __init__(
        self,
        settings: ConsoleSettings,
        zone: ZoneInfo,
        database: Database,
        accounts: Accounts,
        ladder: Ladder,
    ) -> None:
        self.settings = settings
        self.zone = zone
        self.database = database
        self.ladder = ladder
        self.streams = 0
        """Pages that are live now."""
        self.is_closing = False
        """Whether the process is about to end: pages that are live let go."""
        self.watcher = Watcher(database, settings, zone)
        self.maps = Maps()
        self.sign_in = SignIn(settings, accounts)
        self._texts = {language: Texts(language) for language in Language}
        self._templates = _environment(zone)

    @property
    def board(self) -> Board:
        """What is going on now."""
        return self.watcher.board

    def health(self) -> Health:
        """Return whether the console sees ClickHouse, and what is the matter if not."""
        return Health(not self.board.failure, self.board.failure or "ok")

    @staticmethod
    def wall() -> dt.datetime:
        """Return the wall clock, by which silences end."""
        return dt.datetime.now(dt.UTC)

    def texts(self, language: Language) -> Texts:
        """Return what the pages say in a language."""
        return self._texts[language]

    def local(self, moment: dt.datetime) -> str:
        """Return a moment as the platform's clocks show it."""
        return local_time(self.zone, moment)

    def fragment(self, template: str, language: Language, person: Person, context: Context) -> str:
        """Return a piece of a page as HTML."""
        common = {"t": self._texts[language], "person": person} | self._common()
        return self._templates.get_template(template).render(common | context)

    def _common(self) -> Context:
        return {"board": self.board, "wall": self.wall(), "ladder": self.ladder}

    def page(
        self, request: Request, template: str, context: Context, caller: Caller | None, status: int = 200
    ) -> Response:
        """Return a whole page."""
        language = language_of(request)
        common = {
            "t": self._texts[language],
            "person": caller.person if caller else None,
            "by_login": caller.by_login if caller else False,
            **self._common(),
            "csrf": csrf_token(request),
            "query": dict(request.query_params),
            "path": request.url.path,
            "other_language": Language.ENGLISH if language is Language.CHINESE else Language.CHINESE,
            "section": "",
        }
        text = self._templates.get_template(template).render(common | context)
        response = HTMLResponse(text, status, headers={"Vary": "Cookie, Accept-Language"})
        _keep_language(request, response, language, is_secure=self.settings.is_secure)
        return response

    async def answer(self, view: View, request: Request, caller: Caller) -> Response:
        """Answer a page."""
        context = await view.gather(self, request, caller.person)
        return self.page(request, view.template, context | {"section": view.section}, caller)

    async def answer_json(self, view: View, request: Request, caller: Caller) -> Response:
        """Answer what a page shows, for programs."""
        context = await view.gather(self, request, caller.person)
        return Response(msgspec.json.encode(context), media_type=JSON)


def local_time(zone: ZoneInfo, moment: dt.datetime | None, form: str = TIME) -> str:
    """Return a moment as the clocks of a zone show it; of None an empty text."""
    return f"{moment.astimezone(zone):{form}}" if moment else ""


def not_found() -> HTTPException:
    """Return the answer to what is not there, or not for whoever asks: the two must look the same."""
    return HTTPException(404)


def login_redirect(request: Request) -> Response:
    """Return the way to the login, and back to what was asked for."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?{urlencode({'next': wanted})}", 303)


def link(path: str, query: Mapping[str, str] | None = None, **changes: str | None) -> str:
    """Return a link to a path with the query changed; a None takes a value out."""
    merged = {**(query or {}), **changes}
    kept = {name: value for name, value in merged.items() if value is not None}
    return f"{path}?{urlencode(kept)}" if kept else path


def unit_path(level: str, unit: str) -> str:
    """Return the path of a unit's page."""
    return f"/units/{level}/{quote(unit, safe='')}"


def surge_path(surge: str) -> str:
    """Return the path of a surge's page."""
    return f"/surges/{quote(surge, safe='')}"


@cache
def asset(name: str) -> str:
    """Return the address of a static file, which changes with what it holds."""
    content = files("deploy.console").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={sha256(content).hexdigest()[:12]}"


def _environment(zone: ZoneInfo) -> Environment:
    environment = Environment(
        loader=PackageLoader("deploy.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    environment.filters |= {"local": partial(local_time, zone), "figure": _figure, "one_digit": _one_digit}
    environment.globals |= {
        "asset": asset,
        "link": link,
        "unit_path": unit_path,
        "surge_path": surge_path,
        "handling": handling,
        "severity": severity,
        "is_waiting": is_waiting,
    }
    return environment


def _figure(value: float) -> str:
    """Return a number as people read it: whole ones whole, others with one digit after the point."""
    return f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:,.1f}"


def _one_digit(value: float) -> float:
    """Return a number as exact as a rough one is: its first digit, and zeros."""
    return float(f"{value:.0e}")


def _keep_language(request: Request, response: Response, language: Language, *, is_secure: bool) -> None:
    if "lang" in request.query_params:
        response.set_cookie(
            "lang", language.key, max_age=31_536_000, samesite="lax", httponly=True, secure=is_secure
        )
