"""What the pages say, in Chinese and in English: `texts.toml`, each text with both side by side."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from starlette.requests import Request

COOKIE: Final = "lang"
CONSOLE: Final = "deploy.console"


class Language(StrEnum):
    """A language of the pages; the value is its html lang."""

    CHINESE = "zh-CN"
    ENGLISH = "en"

    @property
    def key(self) -> str:
        """Its name in links and in texts.toml."""
        return self.value[:2]


def language_of(request: Request) -> Language:
    """Return the language of a page: as the link says, else as chosen before, else as the browser asks."""
    asked = request.query_params.get(COOKIE) or request.cookies.get(COOKIE)
    if asked is None:
        preferred = request.headers.get("accept-language", "").strip().lower()
        asked = "en" if preferred.startswith("en") else "zh"
    return Language.ENGLISH if asked == Language.ENGLISH.key else Language.CHINESE


class Texts:
    """The texts of one language: those of a package's `texts.toml`."""

    def __init__(self, language: Language, package: str = CONSOLE) -> None:
        self.language = language
        self._texts = {key: each[language.key] for key, each in all_texts(package).items()}

    def __call__(self, key: str, **values: object) -> str:
        """Return a text, `{name}` in it replaced.

        Raises:
            KeyError: there is no such text.
        """
        text = self._texts[key]
        return text.format(**values) if values else text

    def problem(self, status: int, why: str) -> str:
        """Return what to say of an answer that is an error."""
        text = self._texts.get(f"error.{status}", self._texts["error.title"])
        return text.format(why=why)

    def term(self, kind: str, value: str) -> str:
        """Return the word for a value of a closed set; the value itself where there is none."""
        return self._texts.get(f"{kind}.{value}", value)


@cache
def all_texts(package: str = CONSOLE) -> Mapping[str, Mapping[str, str]]:
    """Return every text of a package by its key, in every language."""
    tree = tomllib.loads(files(package).joinpath("texts.toml").read_text())
    return {f"{group}.{key}": each for group, entries in tree.items() for key, each in entries.items()}
