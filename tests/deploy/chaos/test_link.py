"""The link between a client and an echoing server: slow, cut, silent, and with replies that are lost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from deploy.chaos.link import LOOPBACK, Link, Loss, Trap, Trouble
from deploy.chaos.processes import ports_of


class Echo:
    """A server that gives back what it gets, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while data := connection.recv(4096):
                self.heard += data
                connection.sendall(data)

    def has_heard(self, last: bytes) -> bool:
        """Whether this was the last that it heard, once its threads have come to it."""
        deadline = time.monotonic() + 5
        while not self.heard.endswith(last) and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.heard.endswith(last)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def link(echo: Echo) -> Iterator[Link]:
    with Link(echo.port) as made:
        yield made


def connect(link: Link) -> socket.socket:
    return socket.create_connection((LOOPBACK, link.port), timeout=5)


def ask(client: socket.socket, data: bytes) -> bytes:
    client.sendall(data)
    answer = b""
    while len(answer) < len(data):
        piece = client.recv(4096)
        if not piece:
            break
        answer += piece
    return answer


def is_reset(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def is_reset_at_once(link: Link) -> bool:
    """Whether a new connection is reset, be it before the client's own ``connect`` returns or after."""
    try:
        with connect(link) as client:
            return is_reset(client)
    except ConnectionResetError:
        return True


def test_what_is_sent_comes_back_whole(link: Link) -> None:
    sent = os.urandom(3_000_000)
    with connect(link) as client:
        answer = bytearray()
        reader = threading.Thread(target=lambda: answer.extend(receive(client, len(sent))))
        reader.start()
        client.sendall(sent)
        reader.join(10)
    assert bytes(answer) == sent


def receive(client: socket.socket, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        parts += client.recv(65_536)
    return parts


def test_an_orderly_end_is_passed_on(link: Link) -> None:
    with connect(link) as client:
        client.sendall(b"bye")
        client.shutdown(socket.SHUT_WR)
        assert receive(client, 3) == b"bye"
        assert client.recv(1) == b""


def test_a_slow_link_delays_each_way_and_mends(link: Link) -> None:
    slow = Trouble(delay_seconds=0.15)
    with connect(link) as client:
        ask(client, b"warm")
        link.impose(slow)
        began = time.monotonic()
        assert ask(client, b"slow") == b"slow"
        assert time.monotonic() - began >= 0.3
        link.lift(slow)
        assert any(_seconds_to_ask(client) < 0.3 for _ in range(20)), "it stayed slow"


def _seconds_to_ask(client: socket.socket) -> float:
    began = time.monotonic()
    assert ask(client, b"quick") == b"quick"
    return time.monotonic() - began


def test_a_cut_link_resets_what_is_open_and_what_comes(link: Link, echo: Echo) -> None:
    cut = Trouble(is_cut=True)
    with connect(link) as client:
        ask(client, b"before")
        link.impose(cut)
        assert is_reset(client)
    assert is_reset_at_once(link)
    link.lift(cut)
    with connect(link) as client:
        assert ask(client, b"after") == b"after"
    assert echo.heard == b"beforeafter"


def test_a_silent_link_tells_nobody_and_loses_nothing(link: Link) -> None:
    silence = Trouble(is_silent=True)
    with connect(link) as client:
        link.impose(silence)
        client.sendall(b"anyone?")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
        link.lift(silence)
        client.settimeout(5)
        assert receive(client, 7) == b"anyone?"


def test_a_lost_reply_is_lost_once_and_the_server_has_heard(link: Link, echo: Echo) -> None:
    trap = Trap(Loss.REPLY, request_bytes=5, ending=b"!")
    link.set_trap(trap)
    with connect(link) as client:
        assert ask(client, b"hi!") == b"hi!"  # too short a request
        assert ask(client, b"a longer one") == b"a longer one"  # another ending
        assert not trap.sprung.is_set()
        client.sendall(b"do this!")
        assert is_reset(client)
    assert trap.sprung.is_set()
    assert echo.has_heard(b"do this!")
    with connect(link) as client:
        assert ask(client, b"do this!") == b"do this!"


def test_half_a_request_reaches_the_server(link: Link, echo: Echo) -> None:
    trap = Trap(Loss.HALF_REQUEST, request_bytes=5)
    link.set_trap(trap)
    with connect(link) as client:
        client.sendall(b"12345678")
        assert is_reset(client)
    assert echo.has_heard(b"1234")


def test_a_trap_that_was_cleared_does_not_spring(link: Link) -> None:
    trap = Trap(Loss.REPLY)
    link.set_trap(trap)
    link.clear_trap(trap)
    with connect(link) as client:
        assert ask(client, b"hello") == b"hello"
    assert not trap.sprung.is_set()


def test_a_trouble_meets_the_process_that_it_is_for(link: Link) -> None:
    script = (
        "import socket, sys\n"
        f"client = socket.create_connection(('{LOOPBACK}', {link.port}))\n"
        "print('ready', flush=True)\n"
        "try:\n    sys.exit(0 if client.recv(1) == b'' else 1)\n"
        "except ConnectionResetError:\n    sys.exit(0)\n"
    )
    with (
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as other,
        connect(link) as client,
    ):
        assert other.stdout is not None
        other.stdout.readline()
        ask(client, b"both are there")
        link.impose(Trouble(whose=lambda port: port in ports_of(other.pid), is_cut=True))
        assert other.wait(5) == 0
        assert ask(client, b"still here") == b"still here"


def test_a_server_that_is_away_looks_like_a_reset(echo: Echo) -> None:
    with Link(echo.port) as link:
        echo.close()
        with Link(1) as nowhere:
            assert is_reset_at_once(nowhere)
        assert link.port != echo.port
