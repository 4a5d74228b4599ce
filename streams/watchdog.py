"""The thread that watches a worker get on, and ends the process where it does not.

It asks the broker past the worker's own consumer, and has an event loop of its own: the worker's may be what
stands still. Ending is abrupt (no stop, no commit), as a crash would be: what is not committed is taken again
by the next process, which the supervisor starts. Whether a worker is stalled decides `streams/liveness.py`.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import faust
from faust.types import TP

from streams.batches import BatchTransport
from streams.group_word import CannotAsk, GroupWord, ask_broker
from streams.liveness import Partition, Sight, Standing, Waits, Watch
from streams.metrics import LOOKS, QUIET_SECONDS
from streams.settings import StreamsSettings

log = logging.getLogger(__name__)

LOOKS_A_LIMIT: Final = 12
LONGEST_PAUSE_SECONDS: Final = 10.0
EXIT_CODE: Final = os.EX_TEMPFAIL
"""75: the worker was stalled, and may do well when it is started again."""
LAST_WORDS_SECONDS: Final = 10.0
"""A log that takes no more lines must not keep a stalled process from ending."""


class Health(NamedTuple):
    """What a probe is told."""

    is_well: bool
    text: str


class Watchdog:
    """Looks at one worker's app in steps, from a thread of its own."""

    def __init__(
        self,
        app: faust.App,
        settings: StreamsSettings,
        waits: Waits,
        end: Callable[[str], None] | None = None,
    ) -> None:
        """Take the app before it runs; `end` is called once with what is stalled, and does not return."""
        self._app = app
        self._brokers = settings.brokers
        self._limit_seconds = settings.stall_seconds
        self._pause_seconds = min(LONGEST_PAUSE_SECONDS, settings.stall_seconds / LOOKS_A_LIMIT)
        self._waits = waits
        self._end = end or end_process
        self._watch = Watch(settings.stall_seconds, 2 * self._pause_seconds)
        self._health = Health(True, "starts")
        self._looked_at = time.monotonic()

    def start(self) -> None:
        """Begin to watch; the thread ends with the process."""
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def health(self) -> Health:
        """Return what the last look found; unwell too where nobody has looked for longer than a stall."""
        age = time.monotonic() - self._looked_at
        if age > self._limit_seconds + LONGEST_PAUSE_SECONDS:
            return Health(False, f"nobody has looked for {age:.0f} s")
        return self._health

    def _run(self) -> None:
        stalled = "the watch itself has failed"  # its traceback goes before
        try:
            stalled = asyncio.run(self._until_stalled())
        finally:
            self._health = Health(False, stalled)
            for loop in self._loops():
                tell_tasks(loop)
            self._end(stalled)

    async def _until_stalled(self) -> str:
        while True:
            await asyncio.sleep(self._pause_seconds)
            stalled = await self._look()
            self._looked_at = time.monotonic()
            QUIET_SECONDS.set(self._watch.longest_seconds)
            if stalled is not None:
                return stalled

    async def _look(self) -> str | None:
        assigned = self._assigned()
        try:
            word = await ask_broker(self._brokers, self._app.conf.id, assigned, self._topics())
        except CannotAsk as error:
            self._watch.pass_over(time.monotonic())
            LOOKS.labels("blind").inc()
            self._tell_blind(error)
            return None
        LOOKS.labels("seen").inc()
        waits = self._waits.now()
        self._health = Health(True, f"waits for {', '.join(sorted(waits.values()))}" if waits else "gets on")
        standings = {each: self._standing(each, word) for each in assigned}
        has_seat = self._member_id() in word.seats
        return self._watch.look(Sight(time.monotonic(), standings, has_seat, waits))

    def _tell_blind(self, error: Exception) -> None:
        # Well all the same: to start the process again would not bring the broker back.
        text = f"the broker does not answer the watch: {error!r}"
        if text != self._health.text:
            log.warning(text)
        self._health = Health(True, text)

    # What follows reads private parts of Faust 0.15.3 and aiokafka 0.14.0 from another thread: look-ups only,
    # pinned by tests/streams/test_watchdog.py.

    def _standing(self, partition: Partition, word: GroupWord) -> Standing:
        # Faust's own consumer keeps the last offset that it read, not the next: one record less is seen.
        unseen = 0 if isinstance(self._app.transport, BatchTransport) else 1
        start, end = word.starts[partition], word.ends[partition] - unseen
        committed = word.committed.get(partition, start)
        consumer: Any = self._app._consumer
        handed = consumer._read_offset.get(TP(*partition))
        return Standing(start, end, committed if handed is None else handed, committed)

    def _assigned(self) -> list[Partition]:
        consumer = self._kafka_consumer()
        return [(tp.topic, tp.partition) for tp in consumer.assignment()] if consumer else []

    def _member_id(self) -> str:
        consumer = self._kafka_consumer()
        return str(consumer._coordinator.member_id) if consumer and consumer._coordinator else ""

    def _kafka_consumer(self) -> Any:
        """Return aiokafka's consumer; None while the app starts. Asking Faust for its own would make one."""
        thread = self._consumer_thread()
        return thread._consumer if thread else None

    def _consumer_thread(self) -> Any:
        consumer: Any = self._app._consumer
        return consumer._thread if consumer else None

    def _loops(self) -> list[asyncio.AbstractEventLoop]:
        """Return the worker's event loop, and that of its consumer's thread where there is one by now."""
        thread = self._consumer_thread()
        return [self._app.loop, *([thread.thread_loop] if thread else [])]

    def _topics(self) -> set[str]:
        return {name for channel in [*self._app.topics] for name in channel.topics}


def tell_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Log where each task of a loop stands: threads alone say of most of a worker that it waits."""
    try:
        tasks = asyncio.all_tasks(loop)
    except RuntimeError as error:  # the loop runs in another thread, and its tasks change
        log.warning("where the tasks stand cannot be told: %s", error)
        return
    for task in tasks:
        log.warning("task %s: %s", task.get_name(), " > ".join(_awaited(task.get_coro())) or "done")


def _awaited(coroutine: Any) -> Iterator[str]:
    """Yield the places where a coroutine and those that it awaits stand: a task's own stack is one frame."""
    while coroutine is not None:
        for kind in ("cr", "ag", "gi"):
            frame = getattr(coroutine, f"{kind}_frame", None)
            if frame is not None:
                yield f"{frame.f_code.co_qualname} ({Path(frame.f_code.co_filename).name}:{frame.f_lineno})"
                break
        else:
            return
        coroutine = getattr(coroutine, "gi_yieldfrom" if kind == "gi" else f"{kind}_await", None)


def end_process(stalled: str) -> None:
    """End the process at once with `EXIT_CODE`, and say where each of its threads stands."""
    faulthandler.dump_traceback_later(LAST_WORDS_SECONDS, exit=True)
    log.critical("stalled: %s; the process ends, to be started again", stalled)
    faulthandler.dump_traceback(all_threads=True)
    os._exit(EXIT_CODE)
