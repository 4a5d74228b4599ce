"""Serves the console until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final

import uvicorn

from deploy.console.app import build_app, build_site
from deploy.console.settings import ConsoleSettings
from deploy.console.site import Site
from sinks.settings import SinksSettings
from streams.watchdog import Health

Announce = Callable[[str, Callable[[], Health]], None]
PATIENCE_SECONDS: Final = 5
KEEP_ALIVE_SECONDS: Final = 30


class CannotListen(Exception):
    """The address or port is not to be had."""


def serve(console: ConsoleSettings, sinks: SinksSettings, announce: Announce) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        console: where to listen and who gets in.
        sinks: where ClickHouse is.
        announce: told the address, once it answers, and given what tells its health.

    Raises:
        CannotListen: the port is taken, or the address is not this machine's.
    """
    site = build_site(console, sinks)
    config = uvicorn.Config(
        build_app(site),
        host=console.host,
        port=console.port,
        log_level="warning",
        access_log=False,  # it would write down who looked at what
        server_header=False,
        # Who the peer is decides whose headers count (settings.proxy): nobody else may say so.
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=PATIENCE_SECONDS,
    )
    try:
        listening = config.bind_socket()
    except SystemExit as error:  # uvicorn logs the reason and exits by itself
        raise CannotListen(
            f"cannot listen on {console.host}:{console.port}; is another console running?"
        ) from error
    _Server(config, site, announce).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says where it listens once it does, and lets live pages go when it is to end."""

    def __init__(self, config: uvicorn.Config, site: Site, announce: Announce) -> None:
        super().__init__(config)
        self._site = site
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        self._announce(self._site.settings.public_url or f"http://{host}:{port}", self._site.health)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._site.is_closing = True
        self._site.board.mark()
        await super().shutdown(sockets)
