"""Which events were seen already: an id is remembered as long as a repeat of it could count. Pure."""

from __future__ import annotations

from streams.surges.hours import DAY


class SeenEvents:
    """Event ids, forgotten once their day of occurrence lies more than the memory behind."""

    def __init__(self, memory_days: int) -> None:
        self._memory = memory_days * DAY
        self._ids: set[str] = set()
        self._by_day: dict[int, list[str]] = {}

    def is_news(self, event_id: str, occurred: float, minute: int) -> bool:
        """Return whether the event is to be counted, and remember it; too old an event is never news."""
        if occurred < minute - self._memory or event_id in self._ids:
            return False
        self._ids.add(event_id)
        self._by_day.setdefault(int(occurred // DAY), []).append(event_id)
        return True

    def forget(self, minute: int) -> None:
        """Forget the ids of days that ended more than the memory before `minute`."""
        for day in [day for day in self._by_day if (day + 1) * DAY < minute - self._memory]:
            self._ids.difference_update(self._by_day.pop(day))
