"""Alertmanager's API v2 over HTTP: alerts and silences. Each call is one try; who calls says whether again.

    Exception
    └── AlertmanagerAway      (a ConnectionError too) it did not answer, or not yet as it should

Any answer but 400 may be another one in a moment: a proxy in between, a start, a wrong password that is
being mended. What it calls a bad request is bad for ever: it is halved until the alerts that are at fault are
found, and these are left out, so that one of them keeps no other back.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import msgspec

from sinks.alerts.alert import Alert
from sinks.alerts.settings import AlertSettings
from sinks.metrics import ALERT_POSTS

log = logging.getLogger(__name__)

ALERTS_AT_ONCE: Final = 500


class AlertmanagerAway(ConnectionError):
    """Alertmanager did not take what it was sent; the message says why."""


class _BadRequest(Exception):
    """It says that what it was sent is wrong."""


class Alertmanager:
    """One Alertmanager; or a pair behind one address, each of which must be told by itself."""

    def __init__(self, settings: AlertSettings) -> None:
        """Take where it is; nothing is opened yet."""
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def post(self, alerts: Sequence[Alert]) -> int:
        """Post alerts in their order; return how many were taken, which are all but those at fault.

        Raises:
            AlertmanagerAway: it did not take them; some may have been taken all the same.
        """
        taken = 0
        for at in range(0, len(alerts), ALERTS_AT_ONCE):
            taken += await self._post(alerts[at : at + ALERTS_AT_ONCE])
        return taken

    async def silences(self, surge_id: str) -> list[dict[str, Any]]:
        """Return the silences that match a surge, ended ones too.

        Raises:
            AlertmanagerAway: as above.
        """
        path = "/api/v2/silences"
        answer = await self._once("GET", path, params={"filter": f'surge="{_quoted(surge_id)}"'})
        found: list[dict[str, Any]] = msgspec.json.decode(answer)
        return found

    async def silence(self, silence: dict[str, Any]) -> None:
        """Add a silence.

        Raises:
            AlertmanagerAway: as above, or it refuses the silence.
        """
        try:
            await self._once("POST", "/api/v2/silences", body=msgspec.json.encode(silence))
        except _BadRequest as error:
            raise AlertmanagerAway(f"Alertmanager refuses a silence: {error}") from error

    async def close(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _post(self, alerts: Sequence[Alert]) -> int:
        try:
            await self._once("POST", "/api/v2/alerts", body=msgspec.json.encode(alerts))
        except _BadRequest as error:
            if len(alerts) == 1:
                log.error("Alertmanager refuses %s: %s", alerts[0].labels.get("surge"), error)  # noqa: TRY400
                ALERT_POSTS.labels("refused").inc()
                return 0
            middle = len(alerts) // 2
            return await self._post(alerts[:middle]) + await self._post(alerts[middle:])
        ALERT_POSTS.labels("taken").inc(len(alerts))
        return len(alerts)

    async def _once(
        self, method: str, path: str, *, body: bytes | None = None, params: dict[str, str] | None = None
    ) -> bytes:
        try:
            async with self._opened().request(
                method, f"{self._settings.alertmanager_url.rstrip('/')}{path}", data=body, params=params
            ) as response:
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AlertmanagerAway(f"Alertmanager does not answer: {error!r}") from error
        text = answer.decode(errors="replace")[:300]
        if response.status == HTTPStatus.BAD_REQUEST:
            raise _BadRequest(text)
        if response.status != HTTPStatus.OK:
            raise AlertmanagerAway(f"Alertmanager answers {response.status}: {text}")
        return answer

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            settings = self._settings
            password = settings.password.get_secret_value()
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=settings.request_seconds),
                headers={"Content-Type": "application/json"},
                auth=aiohttp.BasicAuth(settings.user, password) if settings.user else None,
            )
        return self._session


def _quoted(value: str) -> str:
    """Return a value for double quotes in one of Alertmanager's matchers."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
