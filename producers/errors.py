"""What can go wrong while producing, as one tree; deploy turns each into one line for a person.

CannotProduce
├── BrokerAway          no broker answers at the address
├── TopicMissing        the broker has no such topic
├── DeliveryFailed      Kafka did not acknowledge some of what was published
├── RecordTooLarge      a record exceeds what any broker of ours takes
├── MappingError        a mapping file is wrong; names the file and the field
└── UnreadableFile      an input file cannot be read at all; names the file
"""

from __future__ import annotations


class CannotProduce(Exception):
    """Something that a person has to see to; the message says what."""


class BrokerAway(CannotProduce):
    """No broker answers at the address."""


class TopicMissing(CannotProduce):
    """The broker has no such topic; topics are created by deploy, never by publishing to them."""


class DeliveryFailed(CannotProduce):
    """Kafka did not acknowledge some of what was published.

    Publishing the same again is safe: event ids are stable, so what did arrive counts as a duplicate.
    """

    def __init__(self, *, published: int, acknowledged: int, cause: BaseException) -> None:
        super().__init__(
            f"Kafka acknowledged {acknowledged:,} of {published:,} records, then failed"
            f" ({type(cause).__name__}: {cause}); publish the same again, what arrived is not counted twice"
        )
        self.published = published
        self.acknowledged = acknowledged
        self.cause = cause


class RecordTooLarge(CannotProduce):
    """A record exceeds what any broker of ours takes."""


class MappingError(CannotProduce):
    """A mapping file is wrong; the message names the file and the field."""


class UnreadableFile(CannotProduce):
    """An input file cannot be read at all; the message names it and, where it is known, the place."""
