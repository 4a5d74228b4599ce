"""Local accounts: one JSON file for its owner alone, read again whenever it changes. Blocking.

A password is kept as Argon2id hash. Each account has a stamp that changes with its password, role and scope;
a session carries the stamp it began with, so that a change or a removal ends the account's sessions at once.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from deploy.console.people import Grant, Person, Role, Scope

SHORTEST_PASSWORD: Final = 10
STAMP_BYTES: Final = 9
_hasher: Final = PasswordHasher()
# What a wrong name is checked against: it must take as long as a wrong password.
_NOBODY: Final = _hasher.hash(secrets.token_urlsafe())


class AccountError(Exception):
    """The accounts file cannot be used, or refuses a change; the message says why."""


class Account(msgspec.Struct, frozen=True):
    """One line of the file."""

    role: Role
    scope: str
    hash: str
    stamp: str

    def person(self, name: str) -> Person:
        """Return who that is."""
        return Person(name, self.role, Scope.parse(self.scope))


_decode: Final = msgspec.json.Decoder(dict[str, Account]).decode


class Accounts:
    """The accounts of a file; without the file there are none."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at: tuple[int, int] | None = None
        self._known: dict[str, Account] = {}

    def all(self) -> dict[str, Account]:
        """Return every account by name.

        Raises:
            AccountError: the file is broken, or others may read it.
        """
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return {}
        seen = (stat.st_mtime_ns, stat.st_ino)
        if seen != self._read_at:
            self._known, self._read_at = self._load(stat.st_mode), seen
        return self._known

    def find(self, name: str, stamp: str) -> Person | None:
        """Return the account that a session was begun with; None where it has changed or gone since."""
        account = self.all().get(name)
        return account.person(name) if account and account.stamp == stamp else None

    def check(self, name: str, password: str) -> Account | None:
        """Return the account, if the password is its own. Takes some 50 ms of a core, on purpose."""
        account = self.all().get(name)
        try:
            _hasher.verify(account.hash if account else _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return None
        return account

    def put(self, name: str, grant: Grant, password: str) -> None:
        """Add an account, or change one that is there.

        Raises:
            AccountError: the name is empty, or the password too short.
        """
        if not name.strip():
            raise AccountError("an account needs a name")
        if len(password) < SHORTEST_PASSWORD:
            raise AccountError(f"a password has at least {SHORTEST_PASSWORD} characters")
        made = Account(
            grant.role, str(grant.scope), _hasher.hash(password), secrets.token_urlsafe(STAMP_BYTES)
        )
        with self._changing() as accounts:
            accounts[name] = made

    def remove(self, name: str) -> None:
        """Remove an account, which ends its sessions.

        Raises:
            AccountError: there is none of that name.
        """
        with self._changing() as accounts:
            if accounts.pop(name, None) is None:
                raise AccountError(f"there is no account {name}")

    def _load(self, mode: int) -> dict[str, Account]:
        if mode & 0o077:
            raise AccountError(f"others may read {self._file}: chmod 600 it")
        try:
            return _decode(self._file.read_bytes())
        except msgspec.DecodeError as error:
            raise AccountError(f"{self._file} is no accounts file: {error}") from error

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Account]]:
        """Hold the file's lock, yield its accounts, and replace the file whole."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            accounts = dict(self.all())
            yield accounts
            fresh = self._file.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(msgspec.json.format(msgspec.json.encode(accounts)))
            fresh.replace(self._file)
