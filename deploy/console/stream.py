"""What keeps a page live: server-sent events with pieces of it, sent when they have changed.

A connection sends first all that can have changed since the page was made, and then differences only, so one
that broke needs nothing but to be made again. It ends by itself after a while: the browser comes back, and
shows its cookie again.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from deploy.console.live import Board
from deploy.console.metrics import STREAMS
from deploy.console.overview import FEED_ROWS, busiest, new_surges, surges, tiles
from deploy.console.people import Person
from deploy.console.plane import Dot
from deploy.console.signin import Caller
from deploy.console.site import Context, Site
from deploy.console.surge_pages import find
from deploy.console.texts import Language, Texts, language_of

PING_SECONDS: Final = 10.0
"""A connection that is gone is noticed at the next ping, and so is one whose right to watch has ended."""
LONGEST_SECONDS: Final = 1800.0
RETRY_MS: Final = 1000
BUSY: Final = 503

Event = tuple[str, str]
"""name, data"""


class Live(Protocol):
    """What a page shows, as events."""

    def changes(self) -> Iterator[Event]:
        """Yield what has changed since the last call."""


@dataclass(slots=True)
class OverviewLive:
    """The overview: its pieces as HTML, new complaints, and the dots that have changed."""

    site: Site
    person: Person
    language: Language
    _sent: dict[str, str]
    _dots: dict[str, Dot]
    _seen: set[tuple[str, str, str]]
    _surges: set[str] | None = None

    @classmethod
    def begin(cls, site: Site, person: Person, language: Language) -> OverviewLive:
        """Return one that has sent nothing yet."""
        return cls(site, person, language, {}, {}, set())

    def changes(self) -> Iterator[Event]:
        """Yield the pieces that have changed."""
        scope = self.person.scope
        dots = self.site.maps.dots(self.site.board, scope)
        pieces: dict[str, Context] = {
            "tiles": {"tiles": tiles(self.site, scope), "surges": surges(self.site, scope)},
            "surges": {"surges": surges(self.site, scope)},
            "busiest": {"busiest": busiest(dots)},
        }
        for name, context in pieces.items():
            yield from self._piece(name, context)
        yield from self._clock()
        yield from self._news()
        yield from self._feed()
        yield from self._map({dot.id: dot for dot in dots})

    def _piece(self, name: str, context: Context) -> Iterator[Event]:
        html = self.site.fragment(f"pieces/{name}.html", self.language, self.person, context)
        if self._sent.get(name) != html:
            self._sent[name] = html
            yield name, _json(html)

    def _clock(self) -> Iterator[Event]:
        text = self.site.local(self.site.board.now)
        if self._sent.get("clock") != text:
            self._sent["clock"] = text
            yield "clock", _json(text)

    def _news(self) -> Iterator[Event]:
        """Yield a sentence for each surge that was not there before: read aloud by screen readers."""
        now = new_surges(self.site, self.person.scope)
        texts: Texts = self.site.texts(self.language)
        for surge_id in now.keys() - self._surges if self._surges is not None else ():
            yield "news", _json(texts("overview.new_surge", name=now[surge_id].name or now[surge_id].unit))
        self._surges = set(now)

    def _feed(self) -> Iterator[Event]:
        rows = self.site.board.feed_in(self.person.scope, FEED_ROWS)
        fresh = [row for row in rows if row.identity not in self._seen]
        if fresh:
            name = "feed" if self._seen else "whole-feed"
            yield (
                name,
                _json(self.site.fragment("pieces/feed.html", self.language, self.person, {"feed": fresh})),
            )
        self._seen = {row.identity for row in rows}

    def _map(self, dots: dict[str, Dot]) -> Iterator[Event]:
        texts: Texts = self.site.texts(self.language)
        changed = [dot for dot in dots.values() if self._dots.get(dot.id) != dot]
        gone = [each for each in self._dots if each not in dots]
        self._dots = dots
        if changed or gone:
            yield "dots", _json({"changed": [_dot(dot, texts) for dot in changed], "gone": gone})


@dataclass(slots=True)
class SurgeLive:
    """A surge's page: it is made anew when the surge, or what was done about it, has changed."""

    board: Board
    surge_id: str
    _state: tuple[Any, ...] | None = None

    def changes(self) -> Iterator[Event]:
        """Yield an event where the surge is another than before."""
        found = next((each for each in self.board.surges if each.surge_id == self.surge_id), None)
        state = (found.updated_at, found.observed, len(found.actions)) if found else ()
        if self._state is not None and state != self._state:
            yield "changed", _json(self.surge_id)
        self._state = state


async def stream(site: Site, request: Request, caller: Caller) -> Response:
    """Answer with the events of a page, for as long as it is shown."""
    person = caller.person
    if site.streams >= site.settings.streams:
        return Response(status_code=BUSY, headers={"Retry-After": "5"})
    live: Live
    if surge_id := request.query_params.get("surge", ""):
        await find(site, surge_id, person)
        live = SurgeLive(site.board, surge_id)
    else:
        live = OverviewLive.begin(site, person, language_of(request))
    # A proxy must not gather events before it passes them on.
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(
        _events(site, request, person, live), media_type="text/event-stream", headers=headers
    )


async def _events(site: Site, request: Request, person: Person, live: Live) -> AsyncIterator[str]:
    ends = time.monotonic() + LONGEST_SECONDS
    site.streams += 1
    STREAMS.set(site.streams)
    try:
        yield f"retry: {RETRY_MS}\n\n"
        while not site.is_closing and time.monotonic() < ends:
            version = site.board.version
            for name, data in live.changes():
                yield f"event: {name}\ndata: {data}\n\n"
            await site.board.wait(version, PING_SECONDS)
            if site.board.version == version:
                yield ": ping\n\n"
            now = site.sign_in.caller(request)
            if now is None or now.person != person:
                return
    finally:
        site.streams -= 1
        STREAMS.set(site.streams)


def _dot(dot: Dot, texts: Texts) -> dict[str, Any]:
    heat = texts.term("heat", dot.heat)
    label = texts("overview.dot", name=dot.name, today=dot.today, expected=dot.expected, heat=heat)
    place = {"x": dot.x, "y": dot.y, "r": dot.radius}
    return {"id": dot.id, **place, "heat": dot.heat, "surges": dot.surges, "label": label}


def _json(value: object) -> str:
    """Return a value on one line: an event's data ends at a line break."""
    return msgspec.json.encode(value).decode()
