"""The intake's HTTP side: it reads requests, asks others to judge and deliver, and answers.

What is refused here was never taken, so it is in no topic and in no account: the caller has the reason and
the event. What is accepted is in Kafka, acknowledged, before the caller hears of it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from producers.contract import encode
from producers.identity import Pseudonyms
from producers.intake.answers import Answer, ItemResult, Problem
from producers.intake.courier import Busy, Courier, KafkaAway
from producers.intake.items import Accepted, ForeignSource, Judge, NotAnEventList, Refused, split_body
from producers.intake.openapi import EVENTS_PATH, openapi_document
from producers.intake.tokens import Tokens
from producers.metrics import IntakeMetrics, PublishMetrics
from producers.publish import Publisher
from producers.settings import ProducersSettings

BUSY_SECONDS: Final = 1
AWAY_SECONDS: Final = 5
CONNECT_SECONDS: Final = 3.0


class _Stop(Exception):
    """The request as a whole is answered so."""

    def __init__(self, status: int, error: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.response = _json(Problem(error), status, headers)


class Intake:
    """The application with its parts.

    Args:
        settings: see there.
        now: returns an aware now; that of the machine where none is given.
    """

    def __init__(self, settings: ProducersSettings, now: Callable[[], dt.datetime] | None = None) -> None:
        limits = settings.intake
        self._limits = limits
        self._now = now or (lambda: dt.datetime.now(dt.UTC))
        self._registry = CollectorRegistry()
        self._metrics = IntakeMetrics(self._registry, frozenset(limits.tokens))
        self._tokens = Tokens(limits.tokens)
        self._judge = Judge(
            Pseudonyms(settings.reporter_key.get_secret_value()),
            dt.timedelta(seconds=limits.future_tolerance_seconds),
        )
        self._courier = Courier(
            _connector(settings, PublishMetrics(self._registry)),
            self._metrics,
            max_waiting=limits.max_waiting_items,
            delivery_seconds=limits.delivery_seconds,
            tick_seconds=settings.tick_seconds,
        )
        self._openapi = encode(openapi_document(limits))
        self.app = Starlette(
            routes=[
                Route(EVENTS_PATH, self._post_events, methods=["POST"]),
                Route("/healthz", self._healthz),
                Route("/metrics", self._show_metrics),
                Route("/openapi.json", self._show_openapi),
            ],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        del app
        self._courier.start()
        yield
        await self._courier.stop()

    async def _post_events(self, request: Request) -> Response:
        began = time.perf_counter()
        try:
            response = await self._take(request)
        except _Stop as stop:
            response = stop.response
        self._metrics.requests.labels(str(response.status_code)).inc()
        self._metrics.seconds.observe(time.perf_counter() - began)
        return response

    async def _take(self, request: Request) -> Response:
        source = self._tokens.source_of(request.headers.get("authorization"))
        if source is None:
            raise _Stop(
                401, "send the token of your source as a bearer token", {"WWW-Authenticate": "Bearer"}
            )
        judged = self._judged(await self._items(request), source)
        accepted = [each for each in judged if isinstance(each, Accepted)]
        self._metrics.count_events(source, "refused", len(judged) - len(accepted))
        if accepted:
            await self._deliver(accepted, source)
        return _json(_answer(judged), _status(len(accepted), len(judged)))

    async def _items(self, request: Request) -> list[msgspec.Raw]:
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > self._limits.max_body_bytes:
                    raise _Stop(
                        413, f"a body has at most {self._limits.max_body_bytes} bytes; send less at once"
                    )
            items = split_body(bytes(body))
        except NotAnEventList as error:
            refused = ItemResult(index=0, status="refused", reason=str(error))
            raise _Whole(_json(Answer(accepted=0, refused=1, results=(refused,)), 400)) from error
        except ClientDisconnect as error:
            raise _Stop(400, "the connection was closed within the body") from error
        if len(items) > self._limits.max_items:
            raise _Stop(413, f"a request has at most {self._limits.max_items} events; send less at once")
        return items

    def _judged(self, items: list[msgspec.Raw], source: str) -> list[Accepted | Refused]:
        now = self._now()
        try:
            return [self._judge.judge(item, source, now) for item in items]
        except ForeignSource as error:
            raise _Stop(403, str(error)) from error

    async def _deliver(self, accepted: list[Accepted], source: str) -> None:
        try:
            await self._courier.deliver(accepted)
        except Busy as error:
            self._metrics.count_events(source, "postponed", len(accepted))
            raise _Stop(429, f"{error}; send the same again", {"Retry-After": str(BUSY_SECONDS)}) from error
        except KafkaAway as error:
            self._metrics.count_events(source, "undelivered", len(accepted))
            text = "Kafka has not acknowledged; send the same again, what arrived counts once"
            raise _Stop(503, text, {"Retry-After": str(AWAY_SECONDS)}) from error
        self._metrics.count_events(source, "accepted", len(accepted))

    async def _healthz(self, request: Request) -> Response:
        del request
        is_up = self._courier.is_up
        return _json({"kafka": "up" if is_up else "away"}, 200 if is_up else 503)

    async def _show_metrics(self, request: Request) -> Response:
        del request
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    async def _show_openapi(self, request: Request) -> Response:
        del request
        return Response(self._openapi, media_type="application/json")


class _Whole(_Stop):
    """The request is answered as a whole with an answer of its own."""

    def __init__(self, response: Response) -> None:
        Exception.__init__(self)
        self.response = response


def _connector(settings: ProducersSettings, metrics: PublishMetrics) -> Callable[[], Publisher]:
    """Return what connects to Kafka; a caller who waits for an answer wants a failure soon."""
    publish = settings.publish.model_copy(
        update={"delivery_seconds": settings.intake.delivery_seconds, "connect_seconds": CONNECT_SECONDS}
    )
    return lambda: Publisher(settings.brokers, publish, name="intake", metrics=metrics)


def _answer(judged: list[Accepted | Refused]) -> Answer:
    results = tuple(_result(index, each) for index, each in enumerate(judged))
    refused = sum(isinstance(each, Refused) for each in judged)
    return Answer(accepted=len(judged) - refused, refused=refused, results=results)


def _result(index: int, judged: Accepted | Refused) -> ItemResult:
    if isinstance(judged, Accepted):
        return ItemResult(index=index, status="accepted", event_id=judged.event.event_id)
    return ItemResult(index=index, status="refused", field=judged.field, reason=judged.reason)


def _status(accepted: int, of: int) -> int:
    if accepted == of:
        return 202
    return 207 if accepted else 400


def _json(body: object, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(encode(body), status, headers, media_type="application/json")
