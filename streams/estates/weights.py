"""What was learned from messages labelled by reading: how much each piece of evidence weighs.

`weights.json` is made by tests/streams/estates/fit_tagging.py from the labels beside it; docs/tagging.md says
how. It holds numbers alone, no text of a message.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The learned numbers of the tagger."""

    evidence: list[str]
    """Names of the pieces of evidence, in order."""
    known: list[float]
    """Weight of each for an estate of the registry."""
    unknown: list[float]
    """Weight of each for a name that the registry lacks."""
    letters: dict[str, float]
    """How often a character stands in citizens' letters, per million."""


@cache
def load_weights() -> Weights:
    """Return the weights that come with this version."""
    content = resources.files(__package__).joinpath("weights.json").read_bytes()
    return msgspec.json.decode(content, type=Weights)
