"""A pulse.toml with every setting commented out at its default: pulse.example.toml; a test keeps it true."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from deploy.settings import SHARED, Settings, fields
from deploy.sources import DELIMITER, PREFIX, Tree, variable_name

WIDTH: Final = 100
DEFAULT_MARK: Final = "#: "
HEAD: Final = f"""\
Settings of estate-pulse. Copy to pulse.toml and uncomment what you change. For each setting the first of
these that has it wins: environment variable ({PREFIX} and the path, joined by {DELIMITER}, in capitals:
{PREFIX}SINKS__BATCH_ROWS), pulse.toml, the running local stack, the default. `pulse config` shows what is in
force and from where. Secrets are better given by the environment."""


def example_toml() -> str:
    """Return the text of pulse.example.toml."""
    # TOML wants all of a table's own lines together, before the next table's.
    sections: dict[tuple[str, ...], list[str]] = {}
    for path, field in fields(Settings):
        sections.setdefault(path[:-1], []).extend(_setting(path, field))
    lines = [*_comment(HEAD)]
    for section, settings in sections.items():
        lines += ["", f"[{'.'.join(section)}]", *settings] if section else settings
    return "\n".join(lines) + "\n"


def uncommented(example: str) -> str:
    """Return the example with every default in force, for a check that each is a right value."""
    return "\n".join(line.removeprefix(DEFAULT_MARK) for line in example.splitlines())


def _setting(path: tuple[str, ...], field: FieldInfo) -> Iterator[str]:
    yield ""
    yield from _comment(field.description or "")
    if len(path) > 1 and path[-1] in SHARED:
        yield from _comment(f"Without it: the `{path[-1]}` of all stages.")
    default = field.get_default(call_default_factory=True, validated_data=Tree())
    if isinstance(default, SecretStr):
        yield from _comment(f"Secret; give it as {variable_name(path)}.")
    else:
        # What our settings use of TOML looks as in JSON.
        yield f"{DEFAULT_MARK}{path[-1]} = {json.dumps(default, default=str)}"


def _comment(text: str) -> Iterator[str]:
    for line in textwrap.wrap(text, WIDTH, break_long_words=False):
        yield f"# {line}"
