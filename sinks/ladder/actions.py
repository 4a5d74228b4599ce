"""The table `surge_actions`: what people and the ladder did about surges. Blocking: for worker threads.

Rows are never changed. What the ladder does has an id that is made of what it does, so that doing it twice
(two alerters for a moment, an insert whose reply was lost) is doing it once.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from sinks.clickhouse import ClickHouse
from sinks.contract import SURGE_ACTIONS
from sinks.ladder.rungs import Action
from sinks.settings import SinksSettings
from sinks.statements import query
from streams.contract import milliseconds

LADDER: Final = "ladder"
"""The actor of what the platform does by itself."""
NAMESPACE: Final = uuid.UUID("5d9e4f0c-6f2a-4f7e-9c39-2d1f6b1f7a10")
COLUMNS: Final = ("action_id", "surge_id", "action", "actor", "role", "level", "reason", "until", "at")


class Actions:
    """Reads and adds actions; each call is one try, as the next look tries again.

    Every method raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings) -> None:
        """Take where the server is."""
        impatient = settings.clickhouse.model_copy(update={"patience_seconds": 0.0, "reply_seconds": 10.0})
        self._server = ClickHouse(impatient)
        self._of_surges = query("surge_actions", settings)
        self._shares = query("ladder_shares", settings)

    def of(self, surge_ids: Collection[str]) -> dict[str, list[Action]]:
        """Return all actions on these surges, the oldest first."""
        found: dict[str, list[Action]] = defaultdict(list)
        for row in self._server.execute(self._of_surges, {"surges": [*surge_ids]}):
            action = Action(*row)
            found[action.surge_id].append(action)
        return found

    def add(self, actions: Sequence[Action]) -> None:
        """Add what the ladder did."""
        self._server.insert(
            SURGE_ACTIONS, COLUMNS, [list(each) for each in zip(*map(_row, actions), strict=True)]
        )

    def shares(self, days: int) -> list[tuple[str, float]]:
        """Return, of each level, the share of its surges of the last days that were solved there."""
        return [(level, share) for level, share in self._server.execute(self._shares, {"days": days})]


def _row(action: Action) -> tuple[object, ...]:
    made_of = f"{action.surge_id}\n{action.kind}\n{action.level}"
    return (
        *(uuid.uuid5(NAMESPACE, made_of), action.surge_id, action.kind, action.actor, ""),
        *(action.level, action.reason, action.until and milliseconds(action.until), milliseconds(action.at)),
    )
