"""Keeps the compiled tagging tools of registry versions: an activation waits for a compile only once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from streams.contract import Level
from streams.estates.categories import Categoriser
from streams.estates.registry import Area, Registry
from streams.estates.registry_csv import parse_csv
from streams.estates.tagging import Tagger
from streams.letters import LetterReader
from streams.pipeline import Tools

log = logging.getLogger(__name__)

KEPT_VERSIONS = 2
NO_REGISTRY = ""
"""The version before any was loaded: every event counts at `unplaced` of a city without estates."""

ReadDocument = Callable[[str], Awaitable[str]]


class ToolShelf:
    """Tools by registry version; reads the registry's document where it must compile."""

    def __init__(self, read_document: ReadDocument) -> None:
        self._read = read_document
        self._tools: OrderedDict[str, Tools] = OrderedDict()
        self._lock = asyncio.Lock()

    async def tools(self, version: str) -> Tools:
        """Return the tools of one version.

        Raises:
            UnknownRegistryVersion: nobody published it.
        """
        async with self._lock:
            if version not in self._tools:
                self._tools[version] = await self._make(version)
                while len(self._tools) > KEPT_VERSIONS:
                    self._tools.popitem(last=False)
            self._tools.move_to_end(version)
            return self._tools[version]

    async def _make(self, version: str) -> Tools:
        document = await self._read(version) if version != NO_REGISTRY else ""
        started = time.monotonic()
        # Compiling 15,000 estates takes seconds: off the event loop, which must keep its heartbeat.
        tools = await asyncio.to_thread(compile_tools, version, document)
        log.info("registry %s compiled in %.1f s", version or "(none)", time.monotonic() - started)
        return tools


def compile_tools(version: str, document: str) -> Tools:
    """Build the reader of letters of one registry document; an empty one is a city without estates."""
    return Tools(version, LetterReader(Tagger(read_document(version, document)), Categoriser()))


def read_document(version: str, document: str) -> Registry:
    """Return the registry of a document, as the registry's topic carries it."""
    if not document:
        return Registry([], [Area("city", Level.CITY, "")])
    return parse_csv(document, f"registry {version}").registry()
