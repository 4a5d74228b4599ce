"""How grave a surge is, in three steps by its score. Pure.

The score only rises while a surge lasts, so its severity does too: a step up is told as an alert of its own,
which mutes the one below it (deploy/alertmanager/alertmanager.yml).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """From the mildest up."""

    RAISED = "raised"
    HIGH = "high"
    CRITICAL = "critical"


SCORES: Final = {Severity.RAISED: float("-inf"), Severity.HIGH: 6.0, Severity.CRITICAL: 8.0}
"""The score from which each holds: log10 of the recurrence interval in unit-days."""


def severity(score: float) -> Severity:
    """Return the gravest severity that a surge has reached."""
    return severities(score)[0]


def severities(score: float) -> list[Severity]:
    """Return every severity that a surge has reached, the gravest first."""
    return [severity for severity in reversed(Severity) if score >= SCORES[severity]]
