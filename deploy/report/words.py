"""The report's words in one language: its own `texts.toml`, and the console's terms."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from deploy.console.texts import Language, Texts


class Words:
    """The texts of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._terms = Texts(language)
        self._texts = {key: each[language.key] for key, each in all_words().items()}

    def __call__(self, key: str, **values: object) -> str:
        """Return a text, `{name}` in it replaced.

        Raises:
            KeyError: there is no such text.
        """
        text = self._texts[key]
        return text.format(**values) if values else text

    def keys(self, group: str) -> list[str]:
        """Return the keys of a group, in the order in which they stand in the file."""
        return [key.partition(".")[2] for key in self._texts if key.startswith(f"{group}.")]

    def term(self, kind: str, value: str) -> str:
        """Return the word for a value of a closed set; the value itself where there is none."""
        return self._texts.get(f"{kind}.{value}") or self._terms.term(kind, value)


@cache
def all_words() -> Mapping[str, Mapping[str, str]]:
    """Return every text by its key, in every language."""
    tree = tomllib.loads(files("deploy.report").joinpath("texts.toml").read_text())
    return {f"{group}.{key}": each for group, entries in tree.items() for key, each in entries.items()}
