"""Who asks: a session of a local account, a proxy that signs people in, or, on loopback, whoever it is."""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import dataclass
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection, Request

from deploy.console.accounts import Accounts
from deploy.console.metrics import LOGINS
from deploy.console.people import EVERYTHING, ORDER, Grant, Person
from deploy.console.settings import ConsoleSettings, ProxySettings

WINDOW_MINUTES: Final = 15
CHECKS_AT_ONCE: Final = 2
"""Each takes a core and 64 MiB for a moment: who tries many must not stop the others."""
LONGEST: Final = 1000


class TooManyTries(Exception):
    """Nobody may try this account, or from this address, for a while."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and by which way it is known."""

    person: Person
    by_login: bool = False


class SignIn:
    """Tells who asks, and checks passwords."""

    def __init__(self, settings: ConsoleSettings, accounts: Accounts) -> None:
        self._settings = settings
        self._accounts = accounts
        self._proxy = Proxy(settings.proxy)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(settings.login_tries, WINDOW_MINUTES)
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)

    def caller(self, request: HTTPConnection) -> Caller | None:
        """Return who asks; None where nobody has logged in.

        Raises:
            AccountError: the accounts file cannot be read.
        """
        if person := self._proxy.person(request):
            return Caller(person)
        session = request.session
        if name := session.get("name"):
            found = self._accounts.find(str(name), str(session.get("stamp", "")))
            if found is not None:
                return Caller(found, by_login=True)
        role = self._settings.role_without_login
        return Caller(Person("demo", role)) if role else None

    async def log_in(self, request: Request, name: str, password: str) -> bool:
        """Begin a session, if the password is the account's own.

        Raises:
            TooManyTries: there were too many failures, for the account or from the address.
        """
        keys = [("account", name[:LONGEST]), ("address", request.client.host if request.client else "")]
        if not all(self._limiter.test(self._limit, *key) for key in keys):
            LOGINS.labels("refused").inc()
            raise TooManyTries
        async with self._checks:
            account = await asyncio.to_thread(self._accounts.check, name, password[:LONGEST])
        if account is None:
            for key in keys:
                self._limiter.hit(self._limit, *key)
            LOGINS.labels("failed").inc()
            return False
        request.session.clear()  # a session that somebody else may know of must not become this account's
        request.session.update(name=name, stamp=account.stamp)
        LOGINS.labels("succeeded").inc()
        return True


class Proxy:
    """What a trusted proxy says of who asks."""

    def __init__(self, settings: ProxySettings) -> None:
        self._networks = [ipaddress.ip_network(each) for each in settings.addresses]
        self._settings = settings
        self._grants = {group: Grant.parse(text) for group, text in settings.groups.items()}

    def person(self, request: HTTPConnection) -> Person | None:
        """Return whom the proxy names; None where it names nobody, or the peer is no trusted proxy.

        Of several groups with a grant the one with the highest role counts, of equal ones the widest scope.
        """
        name = request.headers.get(self._settings.user_header, "").strip()
        if not name or not self._is_trusted(request):
            return None
        sent = request.headers.get(self._settings.groups_header, "")
        grants = [self._grants[each] for group in sent.split(",") if (each := group.strip()) in self._grants]
        if not grants:
            return None
        best = max(grants, key=lambda grant: (ORDER.index(grant.role), grant.scope == EVERYTHING))
        return Person(name, best.role, best.scope)

    def _is_trusted(self, request: HTTPConnection) -> bool:
        try:
            peer = ipaddress.ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        return any(peer in network for network in self._networks)
