"""What every answer carries so that a browser does no harm with it, and what every request must prove."""

from __future__ import annotations

import hmac
import secrets
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TRANSPORT: Final = ("Strict-Transport-Security", "max-age=31536000")
CSRF_KEY: Final = "csrf"
CSRF_FIELD: Final = "csrf"


class SecurityHeaders:
    """Middleware: the headers above on every answer; nothing but static files may be kept by caches."""

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | (dict([TRANSPORT]) if is_secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def csrf_token(request: Request) -> str:
    """Return the token that this session's forms carry."""
    token = request.session.get(CSRF_KEY)
    if not token:
        token = request.session[CSRF_KEY] = secrets.token_urlsafe(24)
    return str(token)


def is_own_request(request: Request, sent: str) -> bool:
    """Return whether a form was sent from our own page: it has the session's token, and no foreign origin."""
    expected = str(request.session.get(CSRF_KEY, ""))
    origin = request.headers.get("origin")
    if origin not in {None, "null"} and urlsplit(str(origin)).netloc != request.headers.get("host"):
        return False
    return bool(expected) and hmac.compare_digest(expected.encode(), sent.encode())
