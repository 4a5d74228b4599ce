"""The connection to ClickHouse: inserts that are repeated until they are known to be stored, and reads.

What goes wrong, and what becomes of it:

    Exception
    └── DatabaseError           the message is for an operator
        ├── DatabaseAway        (a ConnectionError too) away or overloaded for longer than the patience
        └── DatabaseRefused     it answers, and says no: wrong password, missing table, broken schema

A row that the driver or the server cannot take is none of these: it is returned as `Refused`, and the rest
of its batch is stored.

An insert whose reply is lost may have been stored or not (hazard 28). It is sent again as it was; every table
is a ReplacingMergeTree whose key and version are part of the row, so the repeat changes no figure.
"""

from __future__ import annotations

import logging
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from clickhouse_driver import Client
from clickhouse_driver.errors import (
    ChecksumDoesntMatchError,
    ErrorCodes,
    NetworkError,
    PartiallyConsumedQueryError,
    ServerException,
    SocketTimeoutError,
    UnexpectedPacketFromServerError,
    UnknownPacketFromServerError,
)
from clickhouse_driver.errors import Error as DriverError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    sleep_using_event,
    stop_after_delay,
    stop_when_event_set,
    wait_random_exponential,
)

from sinks.metrics import BATCH_ROWS, INSERT_SECONDS, REFUSED, RETRIES, ROWS
from sinks.rows import Columns
from sinks.settings import ClickHouseSettings

log = logging.getLogger(__name__)
Result = TypeVar("Result")

FIRST_PAUSE_SECONDS: Final = 0.1
FEW_ROWS: Final = 10
STREAM_BLOCK_ROWS: Final = 65_536

SESSION: Final = {
    "server_side_params": True,
    # Batches are ours; a row that the server refuses must fail its own insert, not a pooled one.
    "async_insert": 0,
    # Two versions of a row in one insert are merged later, with others: to merge them as they come takes a
    # third of an insert's time. Readers say FINAL either way.
    "optimize_on_insert": 0,
    # A file of ten years' complaints touches more months than the default allows (hazard 30).
    "max_partitions_per_insert_block": 0,
    # A filter must not leave out, before FINAL, a part that holds the surviving delivery of an event.
    "defer_partition_pruning_after_final": 1,
    "use_skip_indexes_if_final_exact_mode": 1,
    "use_statistics_for_part_pruning": 0,
    # Replicated facts of which a try was stored and its ticket was not: the next try must write the ticket.
    "deduplicate_blocks_in_dependent_materialized_views": 1,
}

# Answers that another moment or another server may change. Codes of ClickHouse's ErrorCodes.cpp.
TRANSIENT_CODES: Final = frozenset(
    {
        ErrorCodes.TIMEOUT_EXCEEDED,
        ErrorCodes.TOO_MANY_SIMULTANEOUS_QUERIES,
        ErrorCodes.SOCKET_TIMEOUT,
        ErrorCodes.NETWORK_ERROR,
        ErrorCodes.MEMORY_LIMIT_EXCEEDED,
        ErrorCodes.TABLE_IS_READ_ONLY,
        ErrorCodes.NOT_ENOUGH_SPACE,
        ErrorCodes.TOO_MANY_PARTS,
        ErrorCodes.ABORTED,
        ErrorCodes.ALL_CONNECTION_TRIES_FAILED,
        ErrorCodes.TOO_LESS_LIVE_REPLICAS,
        ErrorCodes.UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE,
        ErrorCodes.UNKNOWN_STATUS_OF_INSERT,
        ErrorCodes.NO_ZOOKEEPER,
        ErrorCodes.QUERY_WAS_CANCELLED,
        ErrorCodes.CANNOT_WRITE_TO_FILE_DESCRIPTOR,  # the disk is full
        ErrorCodes.KEEPER_EXCEPTION,
    }
)
# Answers that are about what a row holds.
ROW_CODES: Final = frozenset(
    {
        ErrorCodes.CANNOT_PARSE_TEXT,
        ErrorCodes.CANNOT_PARSE_INPUT_ASSERTION_FAILED,
        ErrorCodes.TYPE_MISMATCH,
        ErrorCodes.ARGUMENT_OUT_OF_BOUND,
        ErrorCodes.CANNOT_CONVERT_TYPE,
        ErrorCodes.INCORRECT_DATA,
        ErrorCodes.BAD_ARGUMENTS,
        ErrorCodes.TOO_LARGE_STRING_SIZE,
        ErrorCodes.VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE,
        469,  # VIOLATED_CONSTRAINT, which the driver does not name
    }
)
BROKEN_LINKS: Final = (
    OSError,
    EOFError,
    NetworkError,
    SocketTimeoutError,
    ChecksumDoesntMatchError,
    PartiallyConsumedQueryError,
    UnexpectedPacketFromServerError,
    UnknownPacketFromServerError,
)
# What the driver raises where it cannot pack a value (hazard 29); it names no row.
PACKING_ERRORS: Final = (TypeError, ValueError, AttributeError, OverflowError, struct.error)


class DatabaseError(Exception):
    """ClickHouse did not do what was asked; the message says what to do."""


class DatabaseAway(DatabaseError, ConnectionError):
    """ClickHouse could not be reached, or was overloaded, for longer than the patience of the settings."""


class DatabaseRefused(DatabaseError):
    """ClickHouse answers and says no; trying again would not help."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row of a batch that cannot be stored; the others of the batch are."""

    index: int
    """Its place in the batch."""
    reason: str


class ClickHouse:
    """One server, reached by a client for each thread: a client serves one query at a time (hazard 26).

    Blocking throughout: call it from worker threads, never from the event loop, whose heartbeats would
    starve (hazard 27).
    """

    def __init__(self, settings: ClickHouseSettings, stopping: threading.Event | None = None) -> None:
        """Take where the server is; `stopping`, once set, ends every wait for it."""
        self._settings = settings
        self._stopping = stopping or threading.Event()
        self._threads = threading.local()

    def insert(self, table: str, names: Sequence[str], columns: Columns) -> list[Refused]:
        """Store the rows, in one insert where all are good, and return those that cannot be stored.

        Raises:
            DatabaseAway: the server stayed away, or `stopping` was set; what is stored is not known.
            DatabaseRefused: it refuses the insert as such, or so many rows that the fault is ours.
        """
        rows = len(columns[0])
        if not rows:
            return []
        batch = _Batch(self, f"`{self._settings.database}`.{table}", table, names, columns)
        with _explaining():
            refused = list(batch.insert(0, rows))
        ROWS.labels(table).inc(rows - len(refused))
        REFUSED.labels(table).inc(len(refused))
        return refused

    def execute(self, query: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a query that is harmless to repeat and return its rows.

        Raises:
            DatabaseAway: the server stayed away.
            DatabaseRefused: it refuses the query.
        """
        with _explaining():
            rows = self.attempt("query", lambda client: client.execute(query, parameters))
        return rows if isinstance(rows, list) else []

    def stream(
        self, query: str, parameters: dict[str, Any] | None = None, *, as_bytes: bool = False
    ) -> Iterator[tuple[Any, ...]]:
        """Run a query on a connection of its own and yield its rows as they come, in bounded memory.

        Args:
            query: to run.
            parameters: that the server fills in.
            as_bytes: whether strings come as bytes: they need not be UTF-8 then.

        Raises:
            DatabaseAway: the connection broke, before or between rows.
            DatabaseRefused: it refuses the query.
        """
        client = self._connect()
        options = {"max_block_size": STREAM_BLOCK_ROWS, "strings_as_bytes": as_bytes}
        try:
            with _explaining():
                yield from client.execute_iter(query, parameters, settings=options)
        finally:
            client.disconnect()

    def close(self) -> None:
        """Close this thread's connection."""
        client = getattr(self._threads, "client", None)
        self._threads.client = None
        if client is not None:
            client.disconnect()

    def attempt(self, what: str, work: Callable[[Client], Result]) -> Result:
        """Do the work, again and again while the server is away or overloaded, and raise what ends that."""
        settings = self._settings
        retrying = Retrying(
            retry=retry_if_exception(is_transient),
            wait=wait_random_exponential(FIRST_PAUSE_SECONDS, max=settings.longest_pause_seconds),
            stop=stop_after_delay(settings.patience_seconds) | stop_when_event_set(self._stopping),
            sleep=sleep_using_event(self._stopping),
            before_sleep=lambda state: _note_retry(what, state),
            reraise=True,
        )
        result: Result = retrying(self._once, work)
        return result

    def _once(self, work: Callable[[Client], Result]) -> Result:
        try:
            return work(self._client())
        except BaseException:
            # After any error the connection may hold half a reply: the next try gets a fresh one.
            self.close()
            raise

    def _client(self) -> Client:
        client = getattr(self._threads, "client", None)
        if client is None:
            client = self._threads.client = self._connect()
        return client

    def _connect(self) -> Client:
        settings = self._settings
        return Client(
            host=settings.host,
            port=settings.port,
            user=settings.user,
            password=settings.password.get_secret_value(),
            secure=settings.secure,
            verify=settings.verify,
            connect_timeout=settings.connect_seconds,
            send_receive_timeout=settings.reply_seconds,
            client_name="estate-pulse",
            settings=dict(SESSION),
        )


class _Batch:
    """One batch on its way into a table; halved where it holds a row that cannot be stored."""

    def __init__(
        self, server: ClickHouse, target: str, table: str, names: Sequence[str], columns: Columns
    ) -> None:
        self._server = server
        self._table = table
        self._sql = f"INSERT INTO {target} ({', '.join(names)}) VALUES"
        self._columns = columns
        self._limit = max(FEW_ROWS, len(columns[0]) // 2)
        self._refused = 0

    def insert(self, first: int, end: int) -> Iterator[Refused]:
        """Insert the rows first..end-1 and yield those that cannot be stored."""
        try:
            self._send(first, end)
        except (*PACKING_ERRORS, DriverError) as error:
            if not is_about_rows(error):
                raise
            if end - first == 1:
                yield self._refuse(first, error)
                return
            middle = (first + end) // 2
            yield from self.insert(first, middle)
            yield from self.insert(middle, end)

    def _send(self, first: int, end: int) -> None:
        rows = [column[first:end] for column in self._columns]
        self._server.attempt(self._table, lambda client: self._send_once(client, rows))
        BATCH_ROWS.labels(self._table).observe(end - first)

    def _send_once(self, client: Client, rows: Columns) -> None:
        with INSERT_SECONDS.labels(self._table).time():
            client.execute(self._sql, rows, columnar=True)

    def _refuse(self, index: int, error: Exception) -> Refused:
        self._refused += 1
        reason = f"{type(error).__name__}: {_first_line(error)}"
        if self._refused > self._limit:
            raise DatabaseRefused(
                f"{self._table} cannot hold most rows of a batch ({reason}); is its schema that of this "
                "version? Run `pulse migrate`"
            ) from error
        return Refused(index, reason)


def is_transient(error: BaseException) -> bool:
    """Return whether another try may succeed: the server is away, starting, overloaded, or the link broke."""
    if isinstance(error, ServerException):
        return error.code in TRANSIENT_CODES
    return isinstance(error, BROKEN_LINKS)


def is_about_rows(error: BaseException) -> bool:
    """Return whether the error is about the values of a row."""
    if isinstance(error, DriverError):
        return error.code in ROW_CODES
    return isinstance(error, PACKING_ERRORS)


@contextmanager
def _explaining() -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except (DriverError, OSError, EOFError) as error:
        if isinstance(error, DatabaseError):
            raise
        raise _explained(error) from error


def _note_retry(what: str, state: RetryCallState) -> None:
    RETRIES.labels(what).inc()
    error = state.outcome.exception() if state.outcome else None
    if state.attempt_number == 1:
        log.warning("ClickHouse is away or overloaded, trying %s again: %s", what, _first_line(error))


def _explained(error: Exception) -> DatabaseError:
    text = _first_line(error)
    if is_transient(error):
        return DatabaseAway(f"ClickHouse is away or overloaded: {text}")
    return DatabaseRefused(f"ClickHouse refuses: {text}")


def _first_line(error: BaseException | None) -> str:
    """Return what the error says in a line or two: no stack trace, no values, which may name residents."""
    lines = str(error).replace("DB::Exception: ", "").splitlines() or [""]
    text = lines[1] if lines[0].startswith("Code:") and len(lines) > 1 else lines[0]
    text = text.removesuffix(" Stack trace:").partition(" Column values:")[0]
    return text[:500] or type(error).__name__
