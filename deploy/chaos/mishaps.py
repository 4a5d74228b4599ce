"""What can befall the input: poison, repeats, late events, a clock that jumps ahead, a producer that dies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from deploy.chaos.faults import AT_ONCE, Fault, Make
from deploy.chaos.poison import Sent, poison
from deploy.chaos.sender import Parcel
from deploy.chaos.stage import Stage
from deploy.chaos.strays import ahead, late, models, repeats
from producers.sources.synthetic.chance import Chance

REPEATED: Final = 80
LATE: Final = 40
JUMPED: Final = 12
Records = Callable[[Stage, Chance], Iterable[Sent]]


class Send(Fault):
    """Records come in beside those of the producer."""

    def __init__(self, stage: Stage, chance: Chance, records: Records) -> None:
        super().__init__("", AT_ONCE)
        self._stage, self._chance, self._records = stage, chance, records
        self._parcel = Parcel([])

    def begin(self) -> None:
        """Hand them to the client."""
        self._parcel = self._stage.sender.send(self._records(self._stage, self._chance), self._chance)
        self._stage.parcels.append(self._parcel)
        self.detail = f"{len(self._parcel.records)} records"
        self.happened = bool(self._parcel.records)

    def end(self) -> bool:
        """Return whether the broker has acknowledged or refused each."""
        return self._parcel.is_settled


class KillProducer(Fault):
    """The producer is killed in the middle of its file, and started again."""

    def __init__(self, stage: Stage) -> None:
        super().__init__("in mid-file", AT_ONCE)
        self._stage = stage

    def begin(self) -> None:
        """Kill it."""
        producer = self._stage.producer
        self.happened = producer is not None and producer.kill()

    def end(self) -> bool:
        """Start it again."""
        if self.happened and self._stage.producer is not None:
            self._stage.producer.start()
        return True


def _mark(stage: Stage, chance: Chance) -> str:
    """Return a mark of this fault alone: the same kind may befall a run twice, and ids must be new."""
    return f"{stage.mark}-{chance.getrandbits(32):08x}"


def _poison(stage: Stage, chance: Chance) -> Iterable[Sent]:
    for model in models(stage.tail.log, chance, 1):
        yield from poison(model, _mark(stage, chance))


def _repeats(stage: Stage, chance: Chance) -> Iterable[Sent]:
    return repeats(stage.tail.log, chance, REPEATED)


def _late(stage: Stage, chance: Chance) -> Iterable[Sent]:
    return late(models(stage.tail.log, chance, LATE), chance, _mark(stage, chance))


def _ahead(stage: Stage, chance: Chance) -> Iterable[Sent]:
    return ahead(
        models(stage.tail.log, chance, JUMPED), dt.datetime.now(dt.UTC), chance, _mark(stage, chance)
    )


def _send(records: Records) -> Make:
    return lambda stage, chance: Send(stage, chance, records)


MISHAPS: Final[Mapping[str, Make]] = MappingProxyType(
    {
        "poison": _send(_poison),
        "repeats": _send(_repeats),
        "late events": _send(_late),
        "clock ahead": _send(_ahead),
        "producer killed": lambda stage, _: KillProducer(stage),
    }
)
