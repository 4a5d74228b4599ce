"""What a command says where ClickHouse is away or refuses; apart from `errors`, which needs no driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from deploy.errors import OperationFailed, PartUnavailable
from sinks.clickhouse import DatabaseAway, DatabaseRefused


@contextmanager
def as_failures(*refusals: type[Exception]) -> Iterator[None]:
    """Tell what the database raises as a person is told it.

    Args:
        refusals: what else means that the command could not do its work, with its message.

    Raises:
        PartUnavailable: ClickHouse stayed away.
        OperationFailed: it refused, or one of the refusals was raised.
    """
    failures: tuple[type[Exception], ...] = (DatabaseRefused, *refusals)
    try:
        yield
    except DatabaseAway as error:
        raise PartUnavailable(str(error)) from error
    except failures as error:
        raise OperationFailed(str(error)) from error
