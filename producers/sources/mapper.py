"""Rows to records, by a mapping. Pure: the same rows give the same records, whenever and however often.

A row that cannot be mapped is a record all the same (`records.defect_record`): the event as far as it could
be read, the offending cell as it stood, and a header that names file, row and column. The stream rejects it
and keeps it whole. No row is lost here and none stops a run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from producers.contract import ComplaintEvent, decode_event, encode
from producers.identity import Pseudonyms, make_event_id
from producers.records import Record, defect_record, event_record, within_limit
from producers.sources.cells import Flaw, json_ready
from producers.sources.fields import FieldReader
from producers.sources.mapping import EventRule, Mapping
from producers.sources.repeats import Repeats
from producers.sources.rows import Row


class _Happening(NamedTuple):
    """One event that a row tells of."""

    rule: EventRule
    occurred_at: dt.datetime
    arrived_at: dt.datetime | None


class Mapper:
    """Turns the rows of one file into records.

    Args:
        mapping: see there.
        pseudonyms: hashes reporters.
        file: for messages.
    """

    def __init__(self, mapping: Mapping, pseudonyms: Pseudonyms, file: str) -> None:
        self._mapping = mapping
        self._fields = FieldReader(mapping, pseudonyms)
        self._repeats = Repeats(mapping.same_request)
        self._file = file

    def records(self, row: Row) -> Iterator[Record]:
        """Yield the records of a row: events for what it tells of, defects for what is unreadable."""
        if row.flaw:
            # `extra` of an event is an object: a list of the cells is thus never taken for one.
            listed = row.raw if isinstance(row.raw, list) else [row.raw]
            yield self._defect(row, {"extra": listed}, row.flaw)
            return
        try:
            request_id = self._repeats.first_request(row, self._fields.request_id(row))
            fields = {name: self._fields.read(row, name) for name in self._fields.names}
            happenings, flaws = self._happenings(row)
        except Flaw as flaw:
            yield self._flawed(row, self._mapping.events[0], flaw)
            return
        for happening in happenings:
            event = self._event(row, request_id, fields, happening, happening is happenings[-1])
            yield within_limit(event_record(event), self._place(row))
        for rule, unreadable in flaws:
            yield self._flawed(row, rule, unreadable)

    def _event(
        self, row: Row, request_id: str, fields: dict[str, Any], happening: _Happening, is_latest: bool
    ) -> ComplaintEvent:
        rule, occurred_at, arrived_at = happening
        hidden: frozenset[str] = frozenset() if is_latest else self._fields.latest_names
        return ComplaintEvent(
            source=self._mapping.source,
            request_id=request_id,
            event_id=make_event_id(request_id, rule.kind, occurred_at),
            kind=rule.kind,
            occurred_at=occurred_at,
            arrived_at=arrived_at,
            zone=self._mapping.zone,
            crs=self._mapping.crs,
            extra=self._fields.remaining(row, is_latest=is_latest),
            **{name: value for name, value in fields.items() if value is not None and name not in hidden},
        )

    def _happenings(self, row: Row) -> tuple[list[_Happening], list[tuple[EventRule, Flaw]]]:
        """Return what happened, and what must have happened at a time that cannot be read.

        Raises:
            Flaw: the time of the first event is missing or cannot be read.
        """
        rules = self._mapping.events
        first = self._happening(row, rules[0], None)
        if first is None:
            why = "is empty, but every row needs this time"
            raise Flaw(rules[0].occurred_at, "occurred_at", None, why)
        happenings, flaws = [first], []
        for rule in rules[1:]:
            try:
                later = self._happening(row, rule, first.occurred_at)
            except Flaw as flaw:
                flaws.append((rule, flaw))
            else:
                happenings += [] if later is None else [later]
        return happenings, flaws

    def _happening(self, row: Row, rule: EventRule, not_before: dt.datetime | None) -> _Happening | None:
        occurred_at = self._fields.moment(row, rule.occurred_at, "occurred_at", not_before)
        if occurred_at is None:
            return None
        arrived_at = self._fields.moment(row, rule.arrived_at, "arrived_at", occurred_at)
        return _Happening(rule, occurred_at, arrived_at)

    def _flawed(self, row: Row, rule: EventRule, flaw: Flaw) -> Record:
        """Return the defect of a row with a bad cell: the event around it, and the cell as it stood."""
        best = self._best_effort(row, rule)
        if flaw.cell is None:
            best.pop(flaw.field, None)
        else:
            best[flaw.field] = json_ready(flaw.cell)
            if _decodes(best):  # a form that the contract takes though the mapping does not
                best[flaw.field] = {"unreadable": json_ready(flaw.cell)}
        return self._defect(row, best, str(flaw))

    def _best_effort(self, row: Row, rule: EventRule) -> dict[str, Any]:
        """Return the event as far as it can be read; a person can mend the rest and send it again."""
        best: dict[str, Any] = {"kind": rule.kind, "zone": self._mapping.zone, "crs": self._mapping.crs}
        for name in self._fields.names:
            try:
                value = self._fields.read(row, name)
            except Flaw as flaw:
                value = json_ready(flaw.cell)
            if value is not None:
                best[name] = value
        best |= self._best_identity(row, rule)
        return best | {"extra": self._fields.remaining(row, is_latest=True)}

    def _best_identity(self, row: Row, rule: EventRule) -> dict[str, Any]:
        """Return what makes the event this one, so that mending its bad cell is enough to send it again."""
        best: dict[str, Any] = {}
        try:
            best["request_id"] = self._fields.request_id(row)
        except Flaw:
            best["request_id"] = None
        try:
            occurred_at = self._fields.moment(row, rule.occurred_at, "occurred_at")
        except Flaw as flaw:
            return best | {"occurred_at": json_ready(flaw.cell)}
        if occurred_at is None or best["request_id"] is None:
            return best | {"occurred_at": occurred_at}
        event_id = make_event_id(best["request_id"], rule.kind, occurred_at)
        return best | {"event_id": event_id, "occurred_at": occurred_at}

    def _defect(self, row: Row, best: dict[str, Any], why: str) -> Record:
        place = self._place(row)
        value = encode({"source": self._mapping.source, **best})
        return defect_record(self._mapping.source, best.get("request_id") or place, value, f"{place}: {why}")

    def _place(self, row: Row) -> str:
        return f"{self._file}, {row.place}"


def _decodes(best: dict[str, Any]) -> bool:
    """Return whether the contract would take these fields, if only those that are missing were there."""
    try:
        decode_event(encode({"source": "-", "request_id": "-", "event_id": "-", **best}))
    except msgspec.DecodeError:
        return False
    return True
