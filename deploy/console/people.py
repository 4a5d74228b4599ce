"""Who people are: roles, scopes, and what each may do and see. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streams.contract import Level


class Role(StrEnum):
    """What an account may do; each may do what the one before may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"

    def includes(self, other: Role) -> bool:
        """Return whether it may do all that the other may."""
        return ORDER.index(self) >= ORDER.index(other)


ORDER: Final = tuple(Role)


@dataclass(frozen=True, slots=True)
class Scope:
    """One unit whose events, surges and figures are visible, with all that lies in it; without one, all."""

    level: Level | None = None
    unit: str = ""

    @classmethod
    def parse(cls, text: str) -> Scope:
        """Return the scope of `LEVEL:UNIT`; of an empty text the one without bounds.

        Raises:
            ValueError: it is neither; the message says what it should be.
        """
        if not text:
            return EVERYTHING
        level, colon, unit = text.partition(":")
        if not colon or not unit or level not in set(Level):
            raise ValueError(f"{text!r} is no scope: write LEVEL:UNIT, LEVEL one of {', '.join(Level)}")
        return cls(Level(level), unit)

    def __str__(self) -> str:
        return f"{self.level}:{self.unit}" if self.level else ""


EVERYTHING: Final = Scope()


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within a scope."""

    role: Role
    scope: Scope = EVERYTHING

    @classmethod
    def parse(cls, text: str) -> Grant:
        """Return the grant of `ROLE` or `ROLE@LEVEL:UNIT`.

        Raises:
            ValueError: it is neither.
        """
        role, _, scope = text.partition("@")
        if role not in set(Role):
            raise ValueError(f"{role!r} is no role: one of {', '.join(Role)}")
        return cls(Role(role), Scope.parse(scope))


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks."""

    name: str
    role: Role
    scope: Scope = EVERYTHING

    @property
    def can_act(self) -> bool:
        """Whether it may acknowledge, silence and so on."""
        return self.role.includes(Role.OPERATOR)
