"""A Faust transport that hands over whole fetched batches: one stream item for each (partition, fetch).

Stock Faust makes two tasks and an `asyncio.wait` for every message, which is most of its cost (measured:
98 us an event against 18.5 us in batches). Here the value of a stream item is the list of records that one
fetch brought of one partition, and its offset is that of the last of them; acknowledging it commits them all.

It overrides private methods of faust-streaming 0.15.3; `tests/streams/test_batches.py` pins what it relies
on, so that another version fails there and not in production. What it mends on the way:

- a fetch that began before a rebalance may return after it (seen up to 7,568 records late): the generation
  is taken before the fetch, and what comes back under another one is dropped and sought again;
- `fetch_max_wait_ms` is hard-coded to 1,500 ms in Faust, which is most of the latency at low rates;
- aiokafka hands out all that it fetched of one partition before it comes to the next: behind by hours, parts
  would run days of event time apart, and whoever goes by the earliest of them would stand still; here the
  partition that was served goes to the end of the line;
- `seek_to_committed` of aiokafka does not move in a partition that nothing was committed of yet: what was
  dropped there (first point) was never read again, and the first commit went over it (`make faults` lost
  31 records so);
- the embedded broker hands out records behind one that is still being written (`streams/gaps.py`): they are
  held back, and sought again;
- a full buffer makes Faust pause the partition and sleep a whole second: here a full buffer just blocks;
- Faust may commit one record that was never acknowledged (its test for a gap is one too mild), and an
  acknowledgement of the moment between losing a partition and getting it back counts for what comes then:
  here a batch is committed when it and all before it were acknowledged since the last seek.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any, cast

import aiokafka
from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.contract import COMPACTED_TOPICS
from streams.gaps import Gaps

FETCH_MAX_WAIT_MS = 15
"""An idle fetch returns after this long. Apache Kafka answers as soon as there is a record; the embedded
broker waits in any case: a quarter of this in the median, half of it at most (measured)."""
GAP_POLL_SECONDS = 0.05
"""Between two looks at a gap that may be filled yet."""


class BatchConsumerThread(driver.AIOKafkaConsumerThread):
    """The consumer's thread, with a fetch wait short enough for live use, and partitions served in turn."""

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # The fetcher is made at start() from this attribute: there is no setting for it in Faust.
        consumer._fetch_max_wait_ms = FETCH_MAX_WAIT_MS
        return consumer

    async def _fetch_records(
        self,
        consumer: aiokafka.AIOKafkaConsumer,
        active_partitions: set[TP],
        timeout: float | None = None,
        max_records: int | None = None,
    ) -> Any:
        fetched = await super()._fetch_records(consumer, active_partitions, timeout, max_records)
        waiting = consumer._fetcher._records
        for tp in fetched:
            if tp in waiting:
                waiting.move_to_end(tp)
        return fetched


class BatchConsumer(driver.Consumer):
    """Delivers lists of records; `_read_offset` holds the next offset that is expected of a partition."""

    def on_init(self) -> None:
        """Begin with nothing in hand."""
        self._in_hand: defaultdict[TP, deque[int]] = defaultdict(deque)
        """The last offset of each batch that was delivered and not yet committed, in the order of the log."""
        self._gaps = Gaps()
        self._seeks = 0
        """How often it went back: what was read before does not say what comes next."""
        self._beginnings: Mapping[TP, int] = {}
        """Where the partitions begin that nothing was committed of, at the last seek."""

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def on_buffer_full(self, tp: TP) -> None:
        """Do not pause the partition: the bounded queue itself holds the drain loop back."""

    def on_buffer_drop(self, tp: TP) -> None:
        """Nothing was paused."""

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self._stopped.is_set() or fetcher._stopped.is_set()):
                await self._drain_once()
                await asyncio.sleep(0)
        except self.consumer_stopped_errors:
            if not self.app.should_stop:
                raise
        except asyncio.CancelledError:
            if not self.app.should_stop:
                raise

    async def _drain_once(self) -> None:
        generation = self.app.consumer_generation_id
        records, active = await self._wait_next_records(timeout=1.0)
        if records is None or self.should_stop:
            return
        if not self.flow_active or generation != self.app.consumer_generation_id:
            await self._seek_back()
            return
        for tp, batch in records.items():
            if not self.flow_active or generation != self.app.consumer_generation_id:
                return  # the rebalance that stopped the flow ends in a seek to what is committed
            if active is None or tp in active:
                await self._deliver(tp, batch, generation)

    def _new_offset(self, tp: TP) -> int | None:
        in_hand, acked = self._in_hand[tp], self._acked_index[tp]
        done = None
        while in_hand and in_hand[0] in acked:
            done = in_hand.popleft()
            acked.remove(done)
        self._acked[tp].clear()  # Faust's own list of the same
        return None if done is None else done + 1

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go back to what is committed; where nothing is, to the beginning: there aiokafka does not move."""
        self._seeks += 1
        offsets = await super().seek_to_committed()
        fresh = [tp for tp, offset in offsets.items() if not offset]
        self._beginnings = await self.earliest_offsets(*fresh) if fresh else {}
        for tp, first in self._beginnings.items():
            await self._seek(tp, first)
        return offsets

    async def perform_seek(self) -> None:
        """Go back to what is committed: what is in hand will come again, and is to be acknowledged anew."""
        await super().perform_seek()
        self._read_offset.update(self._beginnings)
        for book in (self._in_hand, self._acked, self._acked_index):
            book.clear()

    async def _seek_back(self) -> None:
        try:
            await self.perform_seek()
        except (IllegalStateError, AssertionError) as exc:
            # Between two assignments there is nothing to seek in: the coming one seeks by itself.
            self.log.info("no seek between two assignments: %r", exc)

    async def _deliver(self, tp: TP, batch: list[Any], generation: int) -> None:
        expected = self._read_offset[tp]
        if expected is not None and batch[0].offset < expected:
            batch = [record for record in batch if record.offset >= expected]
        if not batch:
            return
        seeks = self._seeks
        whole = await self._up_to_gap(tp, [record.offset for record in batch], expected)
        if whole:
            await self._hand_over(tp, batch[:whole], generation)
        if whole < len(batch) and self.flow_active and seeks == self._seeks:
            await self._seek_to_gap(tp, batch[whole - 1].offset + 1 if whole else expected or 0)

    async def _up_to_gap(self, tp: TP, offsets: list[int], expected: int | None) -> int:
        """Return how many of the records may be handed over: those before a gap that may be filled yet."""
        if tp.topic in COMPACTED_TOPICS:
            return len(offsets)
        if expected is not None and offsets[0] > expected:
            # What lies before the log's beginning was deleted: nobody has to wait for it.
            expected = max(expected, (await self.earliest_offsets(tp)).get(tp, expected))
        return self._gaps.whole(tp, offsets, expected)

    async def _hand_over(self, tp: TP, batch: list[Any], generation: int) -> None:
        last, seeks = batch[-1].offset, self._seeks
        self._in_hand[tp].append(last)
        message = self._to_message(tp, batch[-1])
        message.key, message.generation_id = None, generation
        message.value = cast(bytes, batch)  # what Faust types as bytes, our topics read as they are
        await self.wait_first(self.callback(message), self.suspend_flow.wait())
        if self.flow_active and seeks == self._seeks:
            self._read_offset[tp] = last + 1

    async def _seek_to_gap(self, tp: TP, missing: int) -> None:
        seeks = self._seeks
        try:
            await self.seek_wait({tp: missing})
        except (IllegalStateError, AssertionError) as exc:
            self.log.info("no seek to a gap between two assignments: %r", exc)
            return
        if seeks == self._seeks:
            self._read_offset[tp] = missing
        await asyncio.sleep(GAP_POLL_SECONDS)


class BatchTransport(driver.Transport):
    """The aiokafka transport with the batch consumer."""

    Consumer = BatchConsumer
