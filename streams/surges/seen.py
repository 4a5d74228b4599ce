"""Which events were seen already: an id is remembered as long as a repeat of it could count. Pure."""

from __future__ import annotations

from streams.surges.hours import DAY
from streams.surges.moments import Moments, key_of


class SeenEvents:
    """Hashes of event ids, forgotten once their day of occurrence lies more than the memory behind."""

    def __init__(self, memory_days: int) -> None:
        self._memory = memory_days * DAY
        self.moments = Moments()
        """When each event occurred, s since 1970 UTC."""

    def is_news(self, event_id: str, occurred: float, minute: int) -> bool:
        """Return whether the event is to be counted, and remember it; too old an event is never news."""
        if occurred < minute - self._memory:
            return False
        key = key_of(event_id)
        if self.moments.get(key) is not None:
            return False
        self.moments.put(key, occurred)
        return True

    def forget(self, minute: int) -> None:
        """Forget the ids of days that ended more than the memory before `minute`."""
        first_day = -(-(minute - self._memory) // DAY) - 1
        self.moments.keep_since = first_day * DAY
