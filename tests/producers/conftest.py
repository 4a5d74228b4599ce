"""A real broker with the platform's topics for the producers' tests, a new one for each module that asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.local.broker import tansu
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import running
from deploy.topics import create_topics


@pytest.fixture(scope="module")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of a broker with all topics, empty at first, shared by one module's tests."""
    [port] = free_ports(1)
    address = f"{LOOPBACK}:{port}"
    with running(tansu(tmp_path_factory.mktemp("broker"), port)):
        create_topics(address)
        yield address
