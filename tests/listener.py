"""A small HTTP server for tests, which stands where others would be told something."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from deploy.local.ports import LOOPBACK

Hear = Callable[[str, Any], None]
"""Takes the path and the JSON of a post, in the thread of its connection."""


class _Server(ThreadingHTTPServer):
    def __init__(self, hear: Hear) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.hear = hear


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        self.server.hear(self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def listening(hear: Hear) -> Iterator[str]:
    """Listen on a free loopback port; yield the address, and hand over every post that comes."""
    server = _Server(hear)
    # Connections that are kept alive end with their client: they are not waited for.
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
