"""Checkpoints in a real ClickHouse: a weigher that goes on from one publishes what any other would have."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from sinks.checkpoints import PIECE_BYTES, Checkpoints, digest_of
from sinks.clickhouse import ClickHouse
from sinks.facts import Facts
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.checkpointing import Checkpointing
from streams.contract import (
    ArrivalFrame,
    Progress,
    Surge,
    Tagged,
    decode_surge,
    identity,
    milliseconds,
    moment,
    reporter_of,
)
from streams.liveness import Waits
from streams.output import Output, Record
from streams.settings import StreamsSettings
from streams.store import CheckpointHead, DamagedCheckpoint
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.hours import DAY
from streams.surges.replay import replay
from streams.surges.settings import DetectorSettings
from streams.weigher import Weigher
from tests.sinks.made import fact
from tests.streams.surges.city import BEGIN, eventful, in_order

pytestmark = pytest.mark.stack

EPOCH = 3
DAYS = 60
SETTINGS = StreamsSettings(zone="UTC", rebuild_patience_seconds=5.0)


class Kept(Output):
    """Keeps what a weigher publishes, in its order; that the broker has it all is the fault runs' to show."""

    def __init__(self) -> None:
        super().__init__("")
        self.surges: list[Surge] = []

    async def start(self) -> None:
        """Nothing is to be connected."""

    async def send_all(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        """Keep the surges."""
        del topic, partition
        self.surges += [decode_surge(value or b"") for _, value, _, _ in records]


class City:
    """Facts of one part in order of its log, and what is done with them."""

    def __init__(self, settings: SinksSettings, facts: list[Tagged]) -> None:
        self.settings = settings
        self.facts = facts
        self._sink = ClickHouseSink(settings)

    def store(self, first: int, end: int) -> None:
        """Store facts as the writer does: then the progress that covers them."""
        self._sink.insert_facts(self.facts[first:end])
        self._sink.insert_progress([self._progress(end)])

    def frame(self, first: int, end: int) -> ArrivalFrame:
        some = [arrival_of(each) for each in self.facts[first:end]]
        return ArrivalFrame(
            epoch=EPOCH,
            part=0,
            first=first,
            next=end,
            clock_ms=self._progress(end).clock_ms,
            offsets=[*range(first, end)],
            identities=[each.event_id for each in some],
            request_ids=[each.request_id for each in some],
            paths=[each.path for each in some],
            reporters=[each.reporter for each in some],
            problem_types=[each.problem_type for each in some],
            occurred_ms=[each.occurred for each in some],
            weighed_ms=[each.weighed for each in some],
            sources=[each.source for each in some],
        )

    def _progress(self, end: int) -> Progress:
        clock_ms = milliseconds(self.facts[end - 1].weighed_at)
        return Progress(epoch=EPOCH, part=0, next=end, clock_ms=clock_ms, registry_version="v")

    def weigher(
        self, seconds: float = 3600, epoch: int = EPOCH, **detector: float
    ) -> tuple[Weigher, list[Surge]]:
        """Return a fresh weigher, and the list of what it will publish."""
        new_detector = partial(Detector, DetectorSettings(**detector), ZoneInfo("UTC"))
        checkpoints = Checkpointing(epoch, "UTC", seconds, Checkpoints(self.settings), new_detector)
        output = Kept()
        weigher = Weigher(EPOCH, 1, Facts(self.settings), output, SETTINGS, checkpoints, Waits())
        return weigher, output.surges


@pytest.fixture(scope="module")
def facts() -> list[Tagged]:
    return [
        fact(
            number,
            moment(each.occurred),
            weighed_at=moment(each.weighed),
            request_id=each.request_id,
            event_id=each.event_id,
            path=each.path,
            reporter=each.reporter,
            problem_type=each.problem_type,
            epoch=EPOCH,
        )
        for number, each in enumerate(in_order(eventful(2, reporters=True)))
        if each.weighed < (BEGIN + DAYS * DAY) * 1000
    ]


@pytest.fixture(scope="module")
def expected(facts: list[Tagged]) -> list[Surge]:
    surges = [*replay(map(arrival_of, facts), Detector(DetectorSettings(), ZoneInfo("UTC")))]
    assert len({surge.surge_id for surge in surges}) >= 3
    return surges


@pytest.fixture
def city(fresh: SinksSettings, facts: list[Tagged]) -> City:
    return City(fresh, facts)


def arrival_of(tagged: Tagged) -> Arrival:
    return Arrival(
        identity(tagged.source, tagged.request_id, tagged.event_id),
        tagged.request_id,
        tagged.path,
        reporter_of(tagged.reporter, tagged.source, tagged.request_id),
        tagged.problem_type,
        milliseconds(tagged.occurred_at),
        milliseconds(tagged.weighed_at),
        tagged.source,
    )


def but_the_last_minute(surges: Sequence[Surge], city: City) -> list[Surge]:
    """Return the surges without those of the last minute: more might come in it, so it is not weighed yet."""
    end = city.facts[-1].weighed_at.replace(second=0, microsecond=0)
    return [surge for surge in surges if surge.updated_at <= end]


def test_a_weigher_that_goes_on_from_a_checkpoint_publishes_what_the_others_would_have(
    city: City, expected: list[Surge]
) -> None:
    async def run() -> None:
        published: list[Surge] = []
        ends = [len(city.facts) * part // 4 for part in range(5)]
        for first, end in pairwise(ends):
            city.store(first, end)
            weigher, surges = city.weigher()
            await weigher.assign()
            killed, same = city.weigher()
            await killed.assign()
            assert same == surges, "what was published since the checkpoint is published again"
            await weigher.stop()
            published += surges
        assert published == but_the_last_minute(expected, city)

    asyncio.run(run())


def test_a_checkpoint_may_be_ahead_of_what_the_writer_has_stored(city: City, expected: list[Surge]) -> None:
    async def run() -> None:
        half, stored, ahead, end = (len(city.facts) * part // 100 for part in (50, 55, 70, 100))
        city.store(0, half)
        weigher, before = city.weigher(seconds=0.001)
        await weigher.assign()
        for first in range(half, ahead, 10):
            await weigher.take([city.frame(first, min(first + 10, ahead))])
        await weigher.stop()

        city.store(half, stored)
        later, after = city.weigher()
        await later.assign()
        assert after == [], "all that is stored was weighed before the checkpoint"
        # Frames that the weigher before had weighed, but not acknowledged, come again.
        await later.take([city.frame(stored, ahead - 5)])
        await later.take([city.frame(ahead - 5, end)])
        assert before + after == but_the_last_minute(expected, city)

    asyncio.run(run())


def test_what_was_acknowledged_before_a_rebuild_and_stored_after_it_is_weighed_in_the_end(
    city: City, expected: list[Surge]
) -> None:
    async def run() -> None:
        half, end = len(city.facts) // 2, len(city.facts)
        city.store(0, half)
        weigher, surges = city.weigher()
        await weigher.assign()
        first = [*surges]
        city.store(half, end)  # its frames had been acknowledged by the weigher before, and come no more
        await weigher.look_for_gaps()
        await weigher.take([city.frame(0, half)])
        await weigher.look_for_gaps()
        assert surges == first, "frames that came in between say that more may be on its way"
        await weigher.look_for_gaps()
        assert surges == but_the_last_minute(expected, city)
        await weigher.look_for_gaps()
        await weigher.look_for_gaps()
        assert surges == but_the_last_minute(expected, city), "once is enough"

    asyncio.run(run())


@pytest.mark.parametrize("what", ["epoch", "settings", "damaged", "half"])
def test_what_does_not_fit_is_passed_over(city: City, expected: list[Surge], what: str) -> None:
    async def run() -> None:
        city.store(0, len(city.facts))
        weigher, _ = city.weigher()
        await weigher.assign()
        await weigher.stop()
        [head] = Checkpoints(city.settings).heads()
        state = Checkpoints(city.settings).state(head)
        server = ClickHouse(city.settings.clickhouse)
        table = f"{city.settings.clickhouse.database}.weigher_checkpoints"
        if what == "epoch":
            changed = f"SELECT * REPLACE ({EPOCH - 1} AS epoch, inserted_at + 1 AS inserted_at)"
        elif what == "settings":
            changed = "SELECT * REPLACE ('1/3-another/UTC' AS version, inserted_at + 1 AS inserted_at)"
        elif what == "damaged":
            changed = (
                "SELECT * REPLACE (concat(substring(state, 1, 99), 'x', substring(state, 101)) AS state)"
            )
        else:
            changed = "SELECT * REPLACE (toUInt16(2) AS pieces)"
        rows = f"{changed} FROM {table} FINAL"
        server.execute(f"CREATE OR REPLACE TABLE {table}_changed ENGINE = Memory AS {rows}")
        server.execute(f"TRUNCATE TABLE {table}")
        server.execute(f"INSERT INTO {table} SELECT * FROM {table}_changed")
        server.execute(f"DROP TABLE {table}_changed")
        server.close()
        if what == "damaged":
            with pytest.raises(DamagedCheckpoint):
                Checkpoints(city.settings).state(head)
        assert digest_of(state) == head.digest
        again, surges = city.weigher()
        await again.assign()
        assert surges == but_the_last_minute(expected, city)

    asyncio.run(run())


def test_the_newest_two_are_kept_whatever_their_size(fresh: SinksSettings) -> None:
    checkpoints = Checkpoints(fresh)
    states = [bytes([number]) * size for number, size in enumerate((9, PIECE_BYTES * 9 + 1, 3, PIECE_BYTES))]
    for number, state in enumerate(states):
        checkpoints.keep(1, f"v{number}", number * 60, state)
        newest = checkpoints.heads()[0]
        assert newest == CheckpointHead(1, f"v{number}", number * 60, digest_of(state))
        assert checkpoints.state(newest) == state
    server = ClickHouse(fresh.clickhouse)
    server.execute(f"OPTIMIZE TABLE {fresh.clickhouse.database}.weigher_checkpoints FINAL")
    server.close()
    assert [head.version for head in checkpoints.heads()] == ["v3", "v2"]
