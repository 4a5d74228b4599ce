"""The relay: takes Alertmanager's webhooks, and passes them on to the robots of DingTalk, WeCom and Feishu.

It keeps nothing. Where a robot does not take a message the answer is 502, and Alertmanager tries again.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sinks.alerts.robots import Robot, read_notification
from sinks.metrics import RELAYED

LARGEST_BODY: Final = 4 * 1024 * 1024
REQUEST_SECONDS: Final = 10.0


class Relay:
    """The application; `robots` by the name that is their path."""

    def __init__(self, robots: Mapping[str, Robot]) -> None:
        self._robots = robots
        self.app = Starlette(
            routes=[
                Route("/healthz", self._health),
                Route("/metrics", self._metrics),
                Route("/{robot}", self._pass_on, methods=["POST"]),
            ],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as self._session:
            yield

    async def _pass_on(self, request: Request) -> Response:
        robot = self._robots.get(name := request.path_params["robot"])
        if robot is None:
            return PlainTextResponse(f"no robot is called {name[:50]!r}", 404)
        if int(request.headers.get("content-length", 0)) > LARGEST_BODY:
            return PlainTextResponse("too large", 413)
        try:
            notification = read_notification(await request.body())
        except msgspec.DecodeError as error:
            return PlainTextResponse(f"not a notification of Alertmanager: {error}", 400)
        if not notification.alerts:
            return PlainTextResponse("nothing to tell")
        url, content = robot.request(notification, int(time.time()))
        complaint = await self._post(robot, url, content)
        RELAYED.labels(name, "refused" if complaint else "taken").inc()
        return PlainTextResponse(complaint or "taken", 502 if complaint else 200)

    async def _post(self, robot: Robot, url: str, content: Mapping[str, object]) -> str:
        try:
            async with self._session.post(url, json=content) as response:
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return f"the robot does not answer: {type(error).__name__}"  # its address is a secret
        return robot.complaint(answer) if response.ok else f"the robot answers {response.status}"

    async def _health(self, _: Request) -> Response:
        return PlainTextResponse("ok")

    async def _metrics(self, _: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
