"""Sends a rejected record back to the raw topic, as it was or repaired."""

from __future__ import annotations

import msgspec

from deploy.errors import OperationFailed, PartUnavailable
from deploy.settings import Settings
from producers.contract import decode_event
from producers.errors import BrokerAway, CannotProduce
from producers.publish import Publisher
from producers.records import Record, event_record
from sinks.rejected import RejectedRecords, StoredRejection

NAME = "pulse rejected retry"


def send_back(
    rejection: StoredRejection,
    store: RejectedRecords,
    settings: Settings,
    *,
    repaired: bytes | None = None,
    again: bool = False,
) -> None:
    """Note that a record is sent back, and publish it.

    Args:
        rejection: the record.
        store: where it is noted.
        settings: where the broker is.
        repaired: the body to send in the place of the record's own; key and headers are made from it.
        again: whether it may have been sent back before.

    Raises:
        AlreadySentBack: it was, and `again` is false.
        OperationFailed: the repaired body is still no event, or the broker refuses.
        PartUnavailable: no broker answers.
    """
    record = _as_it_was(rejection) if repaired is None else _repaired(repaired)
    try:
        with Publisher(settings.sinks.brokers, settings.producers.publish, name=NAME) as publisher:
            store.note_sent_back(rejection, again=again)
            publisher.publish_record(record)
    except BrokerAway as error:
        raise PartUnavailable(str(error)) from error
    except CannotProduce as error:
        raise OperationFailed(f"{rejection.place} was not sent; try again with --again: {error}") from error


def _as_it_was(rejection: StoredRejection) -> Record:
    record = rejection.record
    if not record.key:
        raise OperationFailed(
            f"{rejection.place} has no key, so it is no event; send a repaired body with --value FILE"
        )
    return Record(record.key, record.value, list(record.headers), None, record.source)


def _repaired(body: bytes) -> Record:
    try:
        return event_record(decode_event(body))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OperationFailed(f"the repaired body is no event: {error}") from error
